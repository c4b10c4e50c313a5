//! Recurrent cells written as equations, compiled to SIMD kernels with gradients.
//!
//! [`cell!`] declares a cell; its type is the set of its parameters ([`Cell`]). [`Sequence`] runs it
//! over sequences `[T, B, I]` and backpropagates through time, [`Stream`] runs it step by step, and
//! [`verify`](verify::verify) checks its kernels. [`cells`] has the published ones.
//!
//! [`Sequence`]: sequence::Sequence
//! [`Stream`]: stream::Stream
//!
//! # Features
//!
//! All but `rayon` are default.
//!
//! - `std`: the interpreter, verification, initialisation, run-time detection of
//!   the instruction set. Without it the crate is `no_std` and needs `alloc`: cells, sequences and
//!   streams on the instruction set the program is built for.
//! - `rayon`: runs over large batches are shared among the threads of the current pool, the global one
//!   or that of `ThreadPool::install`, inside which it costs least. Results have the same bits whatever
//!   the number of threads.
//! - `avx512`, `avx2`, `sse2`, `neon`, `wasm`: the tiers ([`simd::Tier`]) that kernels are compiled
//!   for, each on its architecture; on others its feature does nothing. Plain Rust is always there.
//!   Fewer tiers make for shorter builds and smaller programs:
//!
//! ```toml
//! rnn-runtime = { version = "0.1", default-features = false, features = ["std", "avx2"] }
//! ```
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod cells;
pub mod element;
pub mod error;
pub mod graph;
#[cfg(feature = "std")]
pub mod init;
pub mod matrix;
mod memory;
pub mod params;
pub mod program;
#[cfg(feature = "std")]
pub mod reference;
pub mod sequence;
pub mod simd;
pub mod stream;
mod threads;
#[cfg(feature = "std")]
pub mod verify;
mod views;
mod weights;

pub use error::Error;
pub use params::Cell;
#[doc(hidden)]
pub use rnn_macros::{__cell, __instance};

// Generated code reaches this crate by the `$crate` that its macros hand to the compiler.
#[doc = include_str!("notation.md")]
#[macro_export]
macro_rules! cell {
    ($($declaration:tt)*) => {
        $crate::__cell! { ($crate) $($declaration)* }
    };
}

/// The macro of a family. It is defined here, and not in what `cell!` expands to, because the compiler
/// reports what comes from another crate's macro at the call of the family.
#[doc(hidden)]
#[macro_export]
macro_rules! __family {
    ($dollar:tt [$($attribute:tt)*] $name:ident { $($declaration:tt)* }) => {
        $($attribute)*
        macro_rules! $name {
            ($dollar($dollar member:tt)*) => {
                $crate::__instance! { ($crate) $($declaration)* $dollar($dollar member)* }
            };
        }
    };
}

/// A mistake in the call of a family that has no token of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __error_at_call {
    ($text:literal) => {
        ::core::compile_error! { $text }
    };
}

/// What most programs use.
pub mod prelude {
    pub use crate::cell;
    #[cfg(feature = "std")]
    pub use crate::init::seeded;
    pub use crate::params::Cell;
    // Its methods are there also where `Cell` is `std::cell::Cell`.
    pub use crate::params::Cell as _;
    pub use crate::sequence::{InputGradients, Seeds, Sequence};
    pub use crate::simd::Tier;
    pub use crate::stream::Stream;
    #[cfg(feature = "std")]
    pub use crate::verify::verify;
}
