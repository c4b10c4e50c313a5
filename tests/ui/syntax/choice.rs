rnn_runtime::cell! {
    struct Cell {
        input x: 3;
        state h: 3;
        h[t] = if x { x } else { h };
    }
}

fn main() {}
