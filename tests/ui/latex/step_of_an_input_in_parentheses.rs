rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = h(t-1) * sum(x(t));
    }
}

fn main() {}
