rnn_runtime::cell! {
    struct Cell {
        input x: 8, t: 1;
        state h: 24;
        param exp: [h], type: [h], gate: [h];
        gate tanh = sigmoid(x, h, t);
        h[t] = tanh * h * exp * type * gate;
    }
}

fn main() {}
