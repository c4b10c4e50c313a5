rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        h[t] = h_prev * x_t + h_prev - x_t;
    }
}

fn main() {}
