rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, x];
        gate r = sigmoid(W, h);
        h[t] = r + W @ x;
    }
}

fn main() {}
