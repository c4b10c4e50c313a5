rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn both(u, v) = dot(u, v) * u + dot(v, u) * v;
        fn cut(u) = u[0..9] + u[0..9];
        h[t] = both(h, x) + h * sum(cut(x)) - both(h * 1, x);
    }
}

fn main() {}
