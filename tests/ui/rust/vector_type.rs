rnn_runtime::cell! {
    struct Cell {
        input x: Vec<f32>;
        state h: f32;
        h[t] = x + h;
    }
}

fn main() {}
