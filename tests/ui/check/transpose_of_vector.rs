rnn_runtime::cell! {
    struct Cell {
        input x: 24;
        state h: 24;
        h[t] = h.T * x;
    }
}

fn main() {}
