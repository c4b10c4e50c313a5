rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: h;
        c[t] = 0.5 * c_t + sum(x_t);
        h[t] = h_t * c[t];
    }
}

fn main() {}
