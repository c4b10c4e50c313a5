rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        weight W: [h, x];
        h[t] = W @ x;
    }
}

fn main() {}
