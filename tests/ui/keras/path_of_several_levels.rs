rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        gate n = tanh(x, h);
        v = self.cell.n;
        h[t] = v + keras.activations.tanh(n);
    }
}

fn main() {}
