rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate i = x;
        h[t] = i * h;
    }
}

fn main() {}
