rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        W = [[1, 2], [3, 4]];
        h[t] = W @ x;
    }
}

fn main() {}
