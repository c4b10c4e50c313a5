rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        a = h[16..32];
        b = h[8..4];
        c = h[3..3];
        h[t] = h * sum(a) * sum(b) * sum(c) * sum(x);
    }
}

fn main() {}
