rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        a = sum(x);
        a += 1.0;
        h[t] += a * h;
    }
}

fn main() {}
