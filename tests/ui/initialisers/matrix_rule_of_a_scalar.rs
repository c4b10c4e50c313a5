rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        param a: scalar = glorot;
        h[t] = a * h * sum(x);
    }
}

fn main() {}
