rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state : 7;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

fn main() {}
