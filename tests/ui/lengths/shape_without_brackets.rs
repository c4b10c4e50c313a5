rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param b: 24;
        h[t] = b * sum(x);
    }
}

fn main() {}
