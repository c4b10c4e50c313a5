//! Recurrent cells written as equations, compiled to SIMD kernels with gradients.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;
// The ready cells are expanded inside this crate, and generated code names `::rnn_runtime`.
extern crate self as rnn_runtime;

pub mod element;
pub mod error;
pub mod graph;
pub mod matrix;
pub mod params;
pub mod program;
#[cfg(feature = "std")]
pub mod reference;
pub mod simd;
#[cfg(feature = "std")]
pub mod verify;
