rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = tanh(x, h) bias = 1.0;
        h[t] = n;
    }
}

fn main() {}
