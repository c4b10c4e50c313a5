rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate z = sigmoid(x, h) + 1;
        h[t] = z;
    }
}

fn main() {}
