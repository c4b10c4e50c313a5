rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 24;
        h[t], c[t] = [h, c];
    }
}

fn main() {}
