rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        n = gate tanh(x, h);
        h[t] = n;
    }
}

fn main() {}
