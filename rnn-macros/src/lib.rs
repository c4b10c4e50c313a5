//! The compiler behind `rnn_runtime::cell!`.

#![expect(dead_code, reason = "the stages after `graph` use them")]

mod check;
mod grad;
mod graph;
mod ops;
