rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = tanh(x, h);
        h[t] = leaky_relu(n, negative_slope=0.2);
    }
}

fn main() {}
