//! Recurrent cells written as equations, compiled to SIMD kernels with gradients.
//!
//! ```
//! use ndarray::Array3;
//! use rnn_runtime::prelude::*;
//!
//! rnn_runtime::cell! {
//!     /// A gated cell of my own.
//!     pub struct Mine {
//!         input x: 3;
//!         state h: 8;
//!         gate z = sigmoid(x, h);
//!         gate n = tanh(x, h);
//!         h[t] = (1 - z) * h + z * n;
//!     }
//! }
//!
//! verify::<Mine>().assert(); // kernels against interpreter against finite differences
//! let cell = Mine::init(&mut seeded(1));
//! let x = Array3::ones((20, 4, 3)); // [steps, batch, input]
//! let y = Sequence::new().forward(&cell, &[x.view()], &[])?; // [20, 4, 8]
//! # Ok::<(), rnn_runtime::Error>(())
//! ```
//!
//! # What to read
//!
//! | to | read |
//! |---|---|
//! | write a cell | [`cell!`]: the notation, its functions, initialisers, families |
//! | take a published cell | [`cells`] |
//! | run sequences, backpropagate through time | [`sequence::Sequence`] |
//! | run step by step, with states that are kept | [`stream::Stream`] |
//! | check a cell, or a trained one | [`verify::verify`], [`verify::verify_at`] |
//! | get at parameters by name | [`Cell`], and `views()` of each declared type |
//! | keep parameters in memory of your own, and gradients | [`params::ParamSlice`], [`params::ParamSliceMut`] |
//! | run without the standard library | features, below; a stream needs no more than `alloc` |
//! | draw initial values | [`Cell::init`], [`init`] |
//! | know what was compiled, and what bounds its speed | [`Cell::explain`] |
//! | know how exact results are | [`simd::accuracy`], [`verify::Tolerances`] |
//! | choose the instruction set | [`simd::Tier`] |
//! | read a declaration as data | [`Cell::GRAPH`], [`graph`] |
//! | run equations without kernels, in either scalar type | [`mod@reference`] |
//!
//! Losses, optimisers, clipping and sampling are in the crate `rnn-models`, which re-exports this
//! one.
//!
//! # Features
//!
//! All but `rayon` are default.
//!
//! - `std`: the interpreter, verification, initialisation, run-time detection of
//!   the instruction set. Without it the crate is `no_std` and needs `alloc`: cells, sequences and
//!   streams on the instruction set the program is built for.
//! - `rayon`: runs over large batches are shared among the threads of the current pool, the global
//!   one or that of `ThreadPool::install`, inside which it costs least. Results have the same bits
//!   whatever the number of threads.
//! - `avx512`, `avx2`, `sse2`, `neon`, `wasm`: the tiers ([`simd::Tier`]) that kernels are compiled
//!   for, each on its architecture; on others its feature does nothing. Plain Rust is always there.
//!   Fewer tiers make for shorter builds and smaller programs:
//!
//! ```toml
//! rnn-runtime = { version = "0.1", default-features = false, features = ["std", "avx2"] }
//! ```
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod cells;
mod check;
mod compiled;
mod declaration;
pub mod error;
// Named by version: code that the macros of another version generate finds nothing here.
#[doc(hidden)]
#[path = "generated/mod.rs"]
pub mod __v0_1;
mod kernels;
pub mod params;
mod program;
mod room;
mod run;

#[cfg(feature = "std")]
pub use check::{reference, verify};
pub use declaration::graph;
#[cfg(feature = "std")]
pub use declaration::init;
pub use kernels::element;
pub use run::{sequence, stream};

/// The instruction sets that kernels are compiled for, and how exact their functions are.
pub mod simd {
    pub use crate::kernels::simd::{Tier, accuracy};
}

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

/// The macro of a family. It is defined here, and not in what `cell!` expands to, because the
/// compiler reports what comes from another crate's macro at the call of the family.
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
    pub use crate::declaration::init::seeded;
    pub use crate::params::Cell;
    // Its methods are there also where `Cell` is `std::cell::Cell`.
    #[cfg(feature = "std")]
    pub use crate::check::verify::verify;
    pub use crate::kernels::simd::Tier;
    pub use crate::params::Cell as _;
    pub use crate::run::sequence::{InputGradients, OutputGradients, Sequence};
    pub use crate::run::stream::Stream;
}
