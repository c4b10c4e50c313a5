rnn_runtime::cell! {
    struct Cell {
        input x: 8, dt: 1;
        state h: 24;
        gate n = tanh(x, h; dt);
        h[t] = n;
    }
}

fn main() {}
