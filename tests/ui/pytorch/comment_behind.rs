rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param tau: [h] = 1.0 # time constant
        h[t] = tau * h * sum(x);
    }
}

fn main() {}
