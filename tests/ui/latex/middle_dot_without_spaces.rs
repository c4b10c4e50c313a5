rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, x];
        h[t] = tanh(W·x);
    }
}

fn main() {}
