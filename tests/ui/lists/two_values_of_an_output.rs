rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        h[t] = tanh(h) * sum(x);
        output h[t], x;
    }
}

fn main() {}
