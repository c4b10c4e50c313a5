rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param b: [h];
        gate n = tanh(x, h, b);
        h[t] = n;
    }
}

fn main() {}
