rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        param tau = 1.0: [8];
        fixed U = orthogonal: [8, 8];
        h[t] = U @ (tau * h) * sum(x);
    }
}

fn main() {}
