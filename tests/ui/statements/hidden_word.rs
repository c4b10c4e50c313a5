rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        hidden h: 24;
        h[t] = h * sum(x);
    }
}

fn main() {}
