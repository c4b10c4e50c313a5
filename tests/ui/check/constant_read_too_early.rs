rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        const A = 2 * B;
        const B = 0.5;
        param w: [h] = r;
        gate r = sigmoid(x, h);
        h[t] = A * B * h * w + r;
    }
}

fn main() {}
