rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: 24x8, U: [24, 24];
        param V: [24x8];
        h[t] = W @ x + V @ x + U @ h;
    }
}

fn main() {}
