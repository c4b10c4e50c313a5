rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param V: [2, h];
        gate n = tanh(x, h);
        h[t] = n;
        output y = V @ h[t];
    }
}

fn main() {}
