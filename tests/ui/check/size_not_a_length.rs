rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        const N = 4;
        dim Q = h / 5;
        param W: [N, x], V: [hh, Q], U: [x - h, 2];
        h[t] = h * sum(W @ x) * sum(V.T @ x) * sum(U @ x);
    }
}

fn main() {}
