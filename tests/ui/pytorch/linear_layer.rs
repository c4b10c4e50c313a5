rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        fc = nn.Linear(8, 24);
        h[t] = fc(x);
    }
}

fn main() {}
