rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24, c: h;
        fn mix(u, v) = u * v;
        gate i = mix(x, h);
        gate j = min(h, c);
        gate k = clamp(x, h);
        gate l = sum(x, h);
        c[t] = i * mix(h, 2);
        h[t] = j * k + l;
    }
}

fn main() {}
