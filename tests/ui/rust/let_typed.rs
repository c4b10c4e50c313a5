rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        let n: f32 = sum(x);
        h[t] = n * h;
    }
}

fn main() {}
