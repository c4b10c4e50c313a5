rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = ReLU(x, h);
        h[t] = Tanh(n);
    }
}

fn main() {}
