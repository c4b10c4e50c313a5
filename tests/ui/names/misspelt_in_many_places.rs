rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state hidden: 24;
        gate update = sigmoid(x, hidden);
        hidden[t] = (1 - updaet) * hidden + updaet * hiden;
    }
}

fn main() {}
