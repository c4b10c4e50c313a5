rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param q = zeros(8), U = randn(24, x);
        h[t] = U @ (q * x);
    }
}

fn main() {}
