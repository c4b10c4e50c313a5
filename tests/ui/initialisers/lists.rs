rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        param tau = [8];
        param b = [0.0, 0.0];
        param c: [2] = [0.5, 1.5];
        h[t] = tau * sum(x) * sum(b) * sum(c);
    }
}

fn main() {}
