rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fn mix(u, v) = u * v;
        gate i = mix(x, h);
        h[t] = i * mix(h, 2);
    }
}

fn main() {}
