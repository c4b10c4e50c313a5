rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, h] = eye, b: [h] = zero;
        h[t] = W @ h + b * sum(x);
    }
}

fn main() {}
