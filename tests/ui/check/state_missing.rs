rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        gate i = tanh(x);
        output i;
    }
}

fn main() {}
