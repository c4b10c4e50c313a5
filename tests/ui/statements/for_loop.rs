rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        for i in 0..3 { h[t] = h; }
        gate n = tanh(x, h);
        h[t] = n;
    }
}

fn main() {}
