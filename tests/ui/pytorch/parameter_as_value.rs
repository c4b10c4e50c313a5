rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        W = param(24, 8);
        h[t] = W @ x;
    }
}

fn main() {}
