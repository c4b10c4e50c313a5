rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate i = sigmoid(x, h) bias 1.0 bias 2.0;
        gate f = sigmoid(x, h) no bias bias 1.0;
        h[t] = i * h * f;
    }
}

fn main() {}
