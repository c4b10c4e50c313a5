//! Random declarations, compiled: kernels, interpreter and differences agree, and results do not
//! depend on what was computed before, on the batch, or on whether steps are taken one by one; the
//! last is so for mutated ones that are accepted, too. One test for each.
//!
//! By hand: `.ci/declarations 0 1000` compiles and runs a thousand, in portions.

mod checks;

include!(concat!(env!("OUT_DIR"), "/sample.rs"));
