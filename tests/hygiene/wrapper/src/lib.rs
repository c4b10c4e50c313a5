//! A crate that hands on the runtime, and a family of its own.
#![forbid(unsafe_code)]

pub use rnn_runtime as runtime;

runtime::cell! {
    /// A family for other crates.
    pub struct Plain {
        input x: _;
        state h: _;
        gate n = tanh(x, h);
        h[t] = n;
    }
}
