rnn_runtime::cell! {
    struct Cell {
        input b: 8;
        state h: 24;
        gate i = sigmoid(b, h);
        h[t] = i;
    }
}

fn main() {}
