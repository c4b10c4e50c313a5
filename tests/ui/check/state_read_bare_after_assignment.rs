rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: h;
        gate o = sigmoid(x, h);
        c[t] = 0.5 * c + tanh(o);
        h[t] = o * tanh(c);
    }
}

fn main() {}
