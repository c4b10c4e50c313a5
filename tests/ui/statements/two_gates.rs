rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate i, f = sigmoid(x, h);
        h[t] = i * f;
    }
}

fn main() {}
