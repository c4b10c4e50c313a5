rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param b: [1, h];
        h[t] = b + h * sum(x);
    }
}

fn main() {}
