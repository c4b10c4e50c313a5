rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        y: 8;
        W: [24, 8];
        h[t] = W @ x * sum(y);
    }
}

fn main() {}
