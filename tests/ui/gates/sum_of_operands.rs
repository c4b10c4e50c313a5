rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate z = sigmoid(x + h[t-1]);
        h[t] = z * h;
    }
}

fn main() {}
