rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        output y: 4;
        gate n = tanh(x, h);
        h[t] = n;
        y[t] = n;
    }
}

fn main() {}
