rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        sate h: 24;
        gatte i = sigmoid(x, h);
        h[t] = i * h;
    }
}

fn main() {}
