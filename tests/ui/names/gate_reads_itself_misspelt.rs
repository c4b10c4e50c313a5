rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate update = sigmoid(x, hh; updat * h);
        h[t] = update * c[t-1];
    }
}

fn main() {}
