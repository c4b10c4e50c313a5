rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 16;
        gate i = sigmoid(x, h);
        c[t] = i * c;
        h[t] = h * sum(x);
    }
}

fn main() {}
