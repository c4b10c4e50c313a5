rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param a: [h], : [h], b: [x];
        h[t] = a * h * sum(x) + b;
    }
}

fn main() {}
