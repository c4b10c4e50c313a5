rnn_runtime::cell! {
    struct Cell {
        input gen: 8;
        state h: 24, async: h;
        gate dyn = sigmoid(gen, h);
        h[t] = dyn;
        async[t] = h[t];
    }
}

fn main() {}
