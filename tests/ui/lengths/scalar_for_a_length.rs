rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state s: scalar;
        s[t] = sum(x) + s;
    }
}

fn main() {}
