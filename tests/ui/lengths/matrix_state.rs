rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state C: [8, 8];
        state h: 24;
        h[t] = h;
    }
}

fn main() {}
