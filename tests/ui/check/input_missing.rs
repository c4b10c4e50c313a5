rnn_runtime::cell! {
    struct Cell {
        state h: 24;
        h[t] = tanh(h);
    }
}

fn main() {}
