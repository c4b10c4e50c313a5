rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: h;
        (h[t], c[t]) = (x, h);
    }
}

fn main() {}
