rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        const beta: 0.2;
        h[t] = h * sum(x) * beta;
    }
}

fn main() {}
