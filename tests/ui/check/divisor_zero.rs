rnn_runtime::cell! {
    struct Cell {
        input x: 24;
        state h: 24;
        fn ratio(u, v) = u / v;
        h[t] = h / 0 + x * (0 / 0) + ratio(x, 1 - 1) + x / 1e-50;
    }
}

fn main() {}
