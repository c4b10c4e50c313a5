rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = tanh(x, h);
        v = scale * n;
        w = 0.5 * rate;
        h[t] = (1 - z) * h + z * v * sum(w);
    }
}

fn main() {}
