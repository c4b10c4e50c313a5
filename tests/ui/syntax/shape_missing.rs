rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param w, b;
        h[t] = w * h + b * sum(x);
    }
}

fn main() {}
