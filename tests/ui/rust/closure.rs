rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        f = |u| u * 2;
        h[t] = f(h) * sum(x);
    }
}

fn main() {}
