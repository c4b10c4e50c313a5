rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c, n: 8;
        n[t] = n + x + h;
        c[t] = n[t];
        h[t] = c[t] * h;
    }
}

fn main() {}
