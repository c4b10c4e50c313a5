rnn_runtime::cell! {
    struct Cell {
        input x: 8, : 4, y: 24;
        state h: 24;
        h[t] = h * sum(x) + y + x;
    }
}

fn main() {}
