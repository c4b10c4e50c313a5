//! Recurrent cells written as equations, compiled to SIMD kernels with gradients.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;
// The ready cells are expanded inside this crate, and generated code names `::rnn_runtime`.
extern crate self as rnn_runtime;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod cells;
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
pub mod sequence;
pub mod simd;
pub mod stream;
#[cfg(feature = "std")]
pub mod verify;
mod views;
mod weights;

pub use error::Error;
pub use params::Cell;
#[doc = include_str!("notation.md")]
pub use rnn_macros::cell;
#[doc(hidden)]
pub use rnn_macros::__instance;

/// What most programs use.
pub mod prelude {
    pub use crate::cell;
    #[cfg(feature = "std")]
    pub use crate::init::seeded;
    pub use crate::params::Cell;
    pub use crate::sequence::{InputGradients, Seeds, Sequence};
    pub use crate::simd::Tier;
    pub use crate::stream::Stream;
}
