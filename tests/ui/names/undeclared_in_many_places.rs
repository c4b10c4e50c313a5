rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: n;
        param V: [n, h];
        fn f(u) = q * u + q;
        gate z = squash(x, h);
        gate r = squash(x, h);
        h[t] = p * f(h) + p * soft(z) - soft(r) * p;
    }
}

fn main() {}
