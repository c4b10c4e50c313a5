rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W_i: [h, x];
        h[t] = W_i x_t;
    }
}

fn main() {}
