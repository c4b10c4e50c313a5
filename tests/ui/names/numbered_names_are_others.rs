rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param b1: [h], W1: [h, x];
        h[t] = tanh(W1 @ x + b1) + tanh(W2 @ x + b2);
    }
}

fn main() {}
