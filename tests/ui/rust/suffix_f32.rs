rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = 1.0f32 * h + 0.5_f32 * sum(x);
    }
}

fn main() {}
