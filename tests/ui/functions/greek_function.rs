rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = σ(x, h);
        h[t] = σ(n);
    }
}

fn main() {}
