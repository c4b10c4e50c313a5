rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: HIDDEN;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

fn main() {}
