rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param A: [h, h], B: [h, x];
        h[t] = A @ B @ x + (A @ A.T) + h;
    }
}

fn main() {}
