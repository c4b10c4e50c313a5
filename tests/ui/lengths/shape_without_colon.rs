rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W [h, x], U: [h, h];
        param b(h);
        h[t] = W @ x + U @ h + b;
    }
}

fn main() {}
