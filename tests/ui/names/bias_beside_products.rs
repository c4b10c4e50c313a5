rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param U: [h, x];
        h[t] = tanh(U @ x + b + h);
    }
}

fn main() {}
