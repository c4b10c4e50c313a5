rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate z = sigmoid(W_z @ [h, x] + b_z);
        gate r = sigmoid(W_r, x, U_r, h);
        h[t] = z * r * h;
    }
}

fn main() {}
