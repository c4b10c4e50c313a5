rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, x] = uniform, b: [h] = orthogonal, c: [h] = normal(0.0);
        h[t] = tanh(W @ x + b + c) + h;
    }
}

fn main() {}
