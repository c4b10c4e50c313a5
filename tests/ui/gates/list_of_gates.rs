rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate z = sigmoid(x, h), r = sigmoid(x, h);
        h[t] = z * r;
    }
}

fn main() {}
