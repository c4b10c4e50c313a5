rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state hidden: 24;
        gate r = sigmoid(x, hidden);
        hiden[t] = r * hidden;
        r[t] = hidden;
    }
}

fn main() {}
