rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W_ih: [h, x];
        h[t] = tanh(W_ih @ x + b_ih + W_hh @ h + b_hh);
    }
}

fn main() {}
