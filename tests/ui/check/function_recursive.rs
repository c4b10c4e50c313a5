rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn even(u) = odd(u - 1);
        fn odd(u) = even(u - 1);
        h[t] = even(h) * sum(x);
    }
}

fn main() {}
