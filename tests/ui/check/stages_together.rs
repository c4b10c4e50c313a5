rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: 24;
        gate i = sigmoid(x, h
            + );
        gate f = sigmiod(x, h);
        c[t] = f * c + i * g;
        h[t] = tanh(c[t]);
    }
}

fn main() {}
