rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [24][8];
        h[t] = W @ x + h;
    }
}

fn main() {}
