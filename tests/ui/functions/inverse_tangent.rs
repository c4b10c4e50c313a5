rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = tanh(x, h);
        h[t] = arctan(n);
    }
}

fn main() {}
