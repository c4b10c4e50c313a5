rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        let r = sum(x);
        h[t] = r * h;
    }
}

fn main() {}
