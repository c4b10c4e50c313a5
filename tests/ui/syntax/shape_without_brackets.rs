rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param w: h;
        h[t] = w * h * sum(x);
    }
}

fn main() {}
