rnn_runtime::cell! {
    struct Cell {
        input x: 4; dt: 1;
        state h: 8;
        h[t] = sum(x) * h * dt;
    }
}

fn main() {}
