rnn_runtime::cell! {
    struct Cell {
        input x: [8];
        state h: 24;
        state M: [4, 8];
        h[t] = h;
    }
}

fn main() {}
