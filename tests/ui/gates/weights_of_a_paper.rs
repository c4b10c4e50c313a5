rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W_f: [h, h + x], b_f: [h];
        gate f = sigmoid(W_f @ [h, x] + b_f);
        h[t] = f;
    }
}

fn main() {}
