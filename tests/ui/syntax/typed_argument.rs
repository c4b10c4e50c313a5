rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn double(u: f32) = 2 * u;
        h[t] = double(h) * sum(x);
    }
}

fn main() {}
