rnn_runtime::cell! {
    struct Cell {
        use std::f32::consts::PI;
        input x: 8;
        state h: 24;
        print(h);
        h[t] = h * sum(x);
    }
}

fn main() {}
