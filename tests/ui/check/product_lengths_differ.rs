rnn_runtime::cell! {
    struct Cell {
        input x: 8, y: 3;
        state h: 24;
        param W: [h, x];
        h[t] = tanh(W @ (y + 1)) + h * sum(x);
    }
}

fn main() {}
