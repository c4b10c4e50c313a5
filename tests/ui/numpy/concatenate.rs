rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        v = concatenate([x, h]);
        gate n = tanh(v);
        h[t] = n;
    }
}

fn main() {}
