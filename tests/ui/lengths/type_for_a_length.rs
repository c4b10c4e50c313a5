rnn_runtime::cell! {
    struct Cell {
        input x: f32;
        state h: 8;
        h[t] = sum(x) * h;
    }
}

fn main() {}
