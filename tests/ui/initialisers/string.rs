rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        param U: [h, h] = "orthogonal";
        param b: [h] = "he_normal";
        h[t] = U @ h * sum(x) + b;
    }
}

fn main() {}
