rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn mix(u, v) = u * v;
        h[t] = mix(h) * sum(x, x) + clamp(h, 1) * tanh();
    }
}

fn main() {}
