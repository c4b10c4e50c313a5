rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn f(u, v) = return u * v;
        h[t] = f(h, h) * sum(x);
    }
}

fn main() {}
