rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 16;
        fn squash(u) = tanh(V_u @ u);
        c[t] = tanh(Wc.T @ x) + Uc @ h;
        h[t] = tanh(Wx @ x + (Uh @ h)) * squash(sum(c[t]));
    }
}

fn main() {}
