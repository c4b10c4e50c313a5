rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        a = 0,5;
        h[t] = a * h * sum(x);
    }
}

fn main() {}
