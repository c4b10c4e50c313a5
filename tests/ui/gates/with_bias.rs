rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate r = sigmoid(x, h) with bias;
        h[t] = r;
    }
}

fn main() {}
