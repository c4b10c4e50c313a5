rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate i = sigmoid([x, h]);
        gate f = sigmoid(x, x, h[t-1], h);
        h[t] = i * f;
    }
}

fn main() {}
