rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 24;
        gate o = sigmoid(x, h, c[t]);
        c[t] = c * o;
        h[t] = tanh(c[t]) * h[t];
    }
}

fn main() {}
