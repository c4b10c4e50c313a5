rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        units 24;
        state h: 24;
        h[t] = sum(x) * h;
    }
}

fn main() {}
