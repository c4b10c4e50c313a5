rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 16;
        gate i = sigmoid(x, h; c);
        c[t] = c;
        h[t] = i * h;
    }
}

fn main() {}
