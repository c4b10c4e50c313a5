rnn_runtime::cell! {
    struct Cell {
        input x: _;
        state h: _;
        param W: [h, x];
        h[t] = x + tanh(W @ h);
    }
}

fn main() {}
