rnn_runtime::cell! {
    struct Cell {
        input x: 3200000;
        state h: 1000000;
        param W: [h, 1000000];
        h[t] = h * sum(x) + W @ h;
    }
}

fn main() {}
