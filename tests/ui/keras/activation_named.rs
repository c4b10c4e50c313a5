rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = Dense(x, h, activation=tanh);
        h[t] = n;
    }
}

fn main() {}
