rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param U: [h, h] = identity(0.9);
        h[t] = U @ h * sum(x);
    }
}

fn main() {}
