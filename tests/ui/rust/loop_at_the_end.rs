rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        for i in 0..24 {
            h[i] = x[i];
        }
    }
}

fn main() {}
