rnn_runtime::cell! {
    struct Cell {
        input x: 1;
        state h: 24;
        h[t] = h + x;
    }
}

fn main() {}
