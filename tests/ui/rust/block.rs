rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = { n = tanh(h); n } * sum(x);
    }
}

fn main() {}
