rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param p: [h];
        gate n = tanh(x, h, p * h);
        h[t] = n;
    }
}

fn main() {}
