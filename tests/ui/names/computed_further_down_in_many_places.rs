rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        h[t] = z * h + (1 - z) * x;
        gate z = sigmoid(x);
    }
}

fn main() {}
