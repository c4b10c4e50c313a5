rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, x] = truncated_normal(0.1);
        h[t] = W @ x;
    }
}

fn main() {}
