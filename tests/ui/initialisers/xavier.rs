rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, x] = xavier, V: [h, x] = xavier_uniform;
        h[t] = W @ x + V @ x;
    }
}

fn main() {}
