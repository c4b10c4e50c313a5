rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 12;
        gate i = sigmoid(x, h);
        c[t] = i * c;
        h[t] = tanh(h);
    }
}

fn main() {}
