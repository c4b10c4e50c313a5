rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24,
        z_t = sigmoid(h);
        h[t] = z_t * sum(x);
    }
}

fn main() {}
