rnn_runtime::cell! {
    struct Cell {
        input x: 24;
        state h: 24;
        param U: [h, h];
        h[t] = U @ sum(x) + 2 @ h;
    }
}

fn main() {}
