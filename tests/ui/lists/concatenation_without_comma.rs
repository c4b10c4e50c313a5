rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        v = [h x];
        gate n = tanh(v);
        h[t] = n;
    }
}

fn main() {}
