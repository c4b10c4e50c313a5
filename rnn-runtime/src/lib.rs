//! Recurrent cells written as equations, compiled to SIMD kernels with gradients.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;
// The ready cells are expanded inside this crate, and generated code names `::rnn_runtime`.
extern crate self as rnn_runtime;

#[cfg(feature = "std")]
pub mod clip;
pub mod element;
pub mod error;
pub mod graph;
#[cfg(feature = "std")]
pub mod init;
#[cfg(feature = "std")]
pub mod loss;
pub mod matrix;
#[cfg(feature = "std")]
pub mod optim;
pub mod params;
pub mod program;
#[cfg(feature = "std")]
pub mod reference;
#[cfg(feature = "std")]
pub mod sample;
pub mod simd;
#[cfg(feature = "std")]
pub mod verify;
mod views;
