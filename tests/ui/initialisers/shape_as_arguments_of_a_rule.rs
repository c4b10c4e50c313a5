rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W = glorot(24, 8), U = identity(24);
        h[t] = W @ x + U @ h;
    }
}

fn main() {}
