mod declared {
    rnn_runtime::cell! {
        struct Cell {
            input x: 8;
            state h: 24;
            scalar f64;
            weights bf16;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }
}

mod member {
    rnn_runtime::cells::Elman! { struct Cell { x: 8, h: 24, weights: f16, scalar: f64 } }
}

fn main() {}
