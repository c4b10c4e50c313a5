rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate r = sigmoid(layer_norm(x, h));
        gate s = tanh(linear(x, h));
        h[t] = r * s;
    }
}

fn main() {}
