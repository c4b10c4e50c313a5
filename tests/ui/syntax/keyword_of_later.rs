rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param U: [h, h];
        derived M = U - U.T;
        h[t] = tanh(U @ h) * sum(x);
    }
}

fn main() {}
