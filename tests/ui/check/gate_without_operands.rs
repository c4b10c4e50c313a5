rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param w: [h];
        gate i = sigmoid(; w * h, w);
        gate f = sigmoid();
        h[t] = i * f * sum(x);
    }
}

fn main() {}
