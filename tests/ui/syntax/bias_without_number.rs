rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate i = sigmoid(x, h) bias;
        h[t] = i * h;
    }
}

fn main() {}
