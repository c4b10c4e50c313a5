rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param w: [h];
        gate r = sigmoid(x, h);
        h[t] = r[t] * h + r[t-1] * w[t];
    }
}

fn main() {}
