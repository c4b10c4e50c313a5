rnn_runtime::cell! {
    struct Cell {
        input x: 8;
        state h: 24;
        param W_{xh}: [24, 8], b: [h];
        h[t] = W_{xh} @ x + b;
        output W_{hh}[t];
    }
}

fn main() {}
