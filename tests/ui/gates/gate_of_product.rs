rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, x];
        gate n = tanh(W @ x + h);
        h[t] = n;
    }
}

fn main() {}
