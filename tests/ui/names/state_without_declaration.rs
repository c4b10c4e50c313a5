rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        param W: [h, x], U: [h, h];
        h[t] = tanh(W @ x + U @ h[t-1]);
    }
}

fn main() {}
