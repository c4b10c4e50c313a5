rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = tanh(x, rh);
        gate r = sigmoid(x, h);
        rh = r * h;
        h[t] = n + h;
    }
}

fn main() {}
