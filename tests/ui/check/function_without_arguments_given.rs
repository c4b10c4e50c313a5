rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn twice(u) = 2 * u;
        h[t] = twice * h * sum(x) + twice(h) + tanh;
    }
}

fn main() {}
