rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn decay(u, k) = u * h;
        h[t] = decay(h, 2) * sum(x);
    }
}

fn main() {}
