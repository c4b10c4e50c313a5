rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n bias 1.0 = tanh(x, h);
        h[t] = n;
    }
}

fn main() {}
