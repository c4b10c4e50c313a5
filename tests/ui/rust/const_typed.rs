rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        const A: f32 = 0.5;
        h[t] = A * h * sum(x);
    }
}

fn main() {}
