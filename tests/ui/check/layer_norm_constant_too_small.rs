rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        param b: [h] = uniform(1e-40);
        h[t] = layer_norm(x, 1e-60) + b * layer_norm(h, 1e-40);
    }
}

fn main() {}
