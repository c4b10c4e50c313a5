rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate i = sigmoid(x, h) no bias;
        h[t] = i * h + i.c @ x + i.b + x.i;
    }
}

fn main() {}
