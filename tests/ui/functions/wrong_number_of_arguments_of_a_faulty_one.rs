rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn f(u, u) = u * 2;
        h[t] = f(h) * sum(f(x, x));
    }
}

fn main() {}
