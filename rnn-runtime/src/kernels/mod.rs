//! What computes: vectors, matrices in packed form, threads.

pub mod matrix;
pub mod simd;
pub(crate) mod threads;
