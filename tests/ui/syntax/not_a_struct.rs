rnn_runtime::cell! {
    enum Cell {
        input x: 8;
    }
}

fn main() {}
