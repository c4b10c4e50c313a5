rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        output y[t] = tanh(h[t]);
        gate n = tanh(x, h);
        h[t] = n;
    }
}

fn main() {}
