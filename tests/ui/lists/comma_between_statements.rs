rnn_runtime::cell! {
    struct Cell {
        input x: 4, state h: 8;
        h[t] = sum(x) * h;
    }
}

fn main() {}
