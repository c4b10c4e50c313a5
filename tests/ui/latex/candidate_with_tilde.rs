rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h~ = tanh(h) * sum(x);
        h[t] = 0.5 * h~;
    }
}

fn main() {}
