rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, x] = glorott, b: [h] = 1.0;
        h[t] = tanh(W @ x + b) + h;
    }
}

fn main() {}
