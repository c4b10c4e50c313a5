rnn_runtime::cell! {
    struct Cell {
        input x: 0;
        state h: 24;
        dim P = 4 - 4;
        param W: [h, P], V: [P, x];
        h[t] = W @ (V @ x) + h;
    }
}

fn main() {}
