rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[0] = 0;
        gate z = sigmoid(x, h);
        h[t] = z;
    }
}

fn main() {}
