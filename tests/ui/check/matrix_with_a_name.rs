rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W: [x, h];
        V = W.T;
        h[t] = tanh(V @ x) + h;
    }
}

fn main() {}
