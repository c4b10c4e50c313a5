//! A module without the prelude.

/// It has cells and nothing else.
#[no_implicit_prelude]
pub mod bare {
    ::rnn_runtime::cell! {
        /// Elman's network with a norm.
        pub struct Bare {
            input x: 3;
            state h: 5;
            gate n = tanh(x, h);
            h[t] = layer_norm(n);
        }
    }

    ::rnn_runtime::cells::Gru! {
        /// A ready cell.
        pub struct Ready { x: 2, h: 3, steps: 4, scalar: f64 }
    }
}
