rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 8;
        const alpha = 0,9;
        h[t] = alpha * h + (1 - alpha) * x;
    }
}

fn main() {}
