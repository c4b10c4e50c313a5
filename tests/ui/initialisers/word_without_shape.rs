rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param b = zeros, W = glorot, U = orthogonal, a = uniform(0.1);
        fixed g = ones;
        h[t] = tanh(W @ x + U @ h + a * b + g);
    }
}

fn main() {}
