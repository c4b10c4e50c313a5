//! The compiler behind `rnn_runtime::cell!`.

mod check;
mod ops;
