rnn_runtime::cell! {
    struct Cell {
        input x 8;
        state h: 24;
        param W: h, U: [h, h];
        r = sigmoid(U @ h +);
        h[t] = r * (1 - ) * tanh(W @ x);
    }
}

fn main() {}
