rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate f = sigmoid(x, h) bias b_f;
        h[t] = f;
    }
}

fn main() {}
