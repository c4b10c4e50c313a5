rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = h.clone() * sum(x);
    }
}

fn main() {}
