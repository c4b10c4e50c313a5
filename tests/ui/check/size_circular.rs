rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: c, c: h;
        c[t] = c;
        h[t] = h * sum(x);
    }
}

fn main() {}
