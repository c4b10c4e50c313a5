rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: h;
        c[t] = 0.5 * c_prev + sum(x);
        h[t] = h_prev * c[t];
    }
}

fn main() {}
