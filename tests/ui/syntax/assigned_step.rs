rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 24;
        h[t+1] = h * sum(x);
        c[0] = h;
    }
}

fn main() {}
