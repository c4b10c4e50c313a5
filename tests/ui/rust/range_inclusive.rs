rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = h[0..=23] * sum(x);
    }
}

fn main() {}
