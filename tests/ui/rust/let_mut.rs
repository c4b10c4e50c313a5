rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        let mut n = tanh(x);
        h[t] = n;
    }
}

fn main() {}
