rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param U: [h, x] = 0.1 * randn(24, 8);
        param V: [h, x] = 2 * glorot;
        h[t] = U @ x + V @ x;
    }
}

fn main() {}
