rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param g: [h], b: [x];
        h[t] = layer_norm(h, g, b) * dot(x, h) * sum(x);
    }
}

fn main() {}
