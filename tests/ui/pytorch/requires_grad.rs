rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param tau: [h] requires_grad;
        h[t] = tau * h * sum(x);
    }
}

fn main() {}
