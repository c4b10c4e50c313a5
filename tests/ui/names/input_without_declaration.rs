rnn_runtime::cell! {
    struct Cell {
        state h: 24;
        h[t] = tanh(x + h);
    }
}

fn main() {}
