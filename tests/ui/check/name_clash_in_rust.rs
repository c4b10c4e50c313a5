rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param i_x: [h];
        gate i = sigmoid(x, h);
        h[t] = i * i_x;
    }
}

fn main() {}
