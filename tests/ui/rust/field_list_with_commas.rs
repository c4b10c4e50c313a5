rnn_runtime::cell! {
    struct Cell {
        input: 8,
        state h: 24;
        h[t] = h;
    }
}

fn main() {}
