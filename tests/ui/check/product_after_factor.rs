rnn_runtime::cell! {
    struct Cell {
        input x: 24;
        state h: 24;
        param U: [h, h];
        h[t] = x * U @ h;
    }
}

fn main() {}
