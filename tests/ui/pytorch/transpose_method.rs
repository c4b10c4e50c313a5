rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [x, h];
        h[t] = W.t() @ x;
    }
}

fn main() {}
