rnn_runtime::cell! {
    struct Cell {
        inputs x: 8;
        state h: 24;
        h[t] = h * sum(x);
    }
}

fn main() {}
