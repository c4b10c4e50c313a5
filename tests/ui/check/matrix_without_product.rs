rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [h, x], U: [h, h];
        a = tanh(W * x);
        b = W + U;
        h[t] = tanh(U) + a + b;
    }
}

fn main() {}
