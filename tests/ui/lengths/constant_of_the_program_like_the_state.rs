rnn_runtime::cell! {
    struct Cell {
        input x: D;
        state h: H;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

fn main() {}
