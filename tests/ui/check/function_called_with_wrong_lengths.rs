rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn mix(u, v) = u * tanh(v);
        h[t] = mix(h, x) + mix(h, 2);
    }
}

fn main() {}
