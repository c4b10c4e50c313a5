rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        while t < 3 { h[t] = h; }
        h[t] = h * sum(x);
    }
}

fn main() {}
