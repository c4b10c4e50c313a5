rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = if sum(x) > 0 { h } else { 0.5 * h };
    }
}

fn main() {}
