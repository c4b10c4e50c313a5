rnn_runtime::cell! {
    struct One {
        input x: 8;
        state h: 24;
        h[t] = h * sum(x);
    }

    struct Two {
        input x: 8;
        state h: 24;
        h[t] = h * sum(x);
    }
}

fn main() {}
