rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h, c: 24;
        gate n = tanh(x, h);
        c[t] = n;
        h[t] = n;
    }
}

fn main() {}
