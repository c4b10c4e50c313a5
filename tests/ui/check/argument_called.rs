rnn_runtime::cell! {
    struct Cell {
        input x: 24;
        state h: 24;
        fn scale(u, v) = u(v) + v;
        h[t] = scale(h, x);
    }
}

fn main() {}
