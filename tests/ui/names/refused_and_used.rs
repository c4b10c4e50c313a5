rnn_runtime::cell! {
    struct Cell {
        input x: 8, T: 8;
        state h: 24, gen: 24;
        param x: [h, x];
        fn tanh(u) = u;
        gen[t] = tanh(gen, h);
        h[t] = x @ T + gen[t] @ h;
    }
}

fn main() {}
