rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param a = 2.0;
        h[t] = pow(h, a) + clamp(h, 0, a) + clamp(h, 1, 0) * sum(x);
    }
}

fn main() {}
