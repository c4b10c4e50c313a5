rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        i = sigmoid(x, h; h);
        h[t] = i * h;
    }
}

fn main() {}
