rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t]++;
        gate n = tanh(x, h);
    }
}

fn main() {}
