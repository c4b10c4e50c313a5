rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate z = 2 * sigmoid(x, h);
        h[t] = z;
    }
}

fn main() {}
