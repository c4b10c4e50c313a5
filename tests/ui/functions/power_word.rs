rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = power(h, 2) * sum(x);
    }
}

fn main() {}
