rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate r = (x, h);
        h[t] = r;
    }
}

fn main() {}
