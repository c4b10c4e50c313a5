rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate a: 48 = linear(x, h);
        i, f = a;
        h[t] = i * f;
    }
}

fn main() {}
