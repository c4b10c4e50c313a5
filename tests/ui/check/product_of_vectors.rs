rnn_runtime::cell! {
    struct Cell {
        input x: 24;
        state h: 24;
        h[t] = (x @ h) * h;
    }
}

fn main() {}
