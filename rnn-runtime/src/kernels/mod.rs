//! What computes: scalar types, vectors, matrices in packed form, threads.

mod dispatch;
pub mod element;
pub mod matrix;
pub mod simd;
pub(crate) mod threads;

pub use dispatch::Kernel;
