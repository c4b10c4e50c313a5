mod declared {
    rnn_runtime::cell! {
        struct Cell {
            input x: 8;
            state h: 24;
            weights f8;
            activations quick;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }
}

mod member {
    rnn_runtime::cells::Elman! { struct Cell { x: 8, h: 24, weights: f8, activations: 3 } }
}

fn main() {}
