rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = [0.0; 24] + h * sum(x);
    }
}

fn main() {}
