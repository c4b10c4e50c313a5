rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 24;
        c[t] = c;
        h[t] = h * sum(x);
        output h * tanh(c[t]);
    }
}

fn main() {}
