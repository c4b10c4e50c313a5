rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        const A = 1 / 0, B = 1e999, C = sum(x);
        h[t] = A * h * B * C * sum(x);
    }
}

fn main() {}
