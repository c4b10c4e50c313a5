rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        f = lambda u: u * tanh(u);
        h[t] = f(h) * sum(x);
    }
}

fn main() {}
