rnn_runtime::cell! {
    struct Cell {
        input x: 24;
        state h: 24;
        param a = 1e39, b: [h] = uniform(1e39);
        h[t] = a * h + b * x * log(0) + layer_norm(x, 1e-50) * 1e39;
    }
}

fn main() {}
