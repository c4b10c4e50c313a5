rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        x[t] = 2 * x;
        h[t] = h * sum(x);
    }
}

fn main() {}
