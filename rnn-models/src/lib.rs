//! What stands around a recurrent cell while it is trained: losses with their gradients,
//! optimisers, clipping, and the choice of a class from logits.
//!
//! Everything here works on arrays and flat slices, and knows nothing of equations: cells,
//! sequences and streams are those of [`rnn_runtime`], which is [`runtime`] here, so that a program
//! that trains needs this crate alone, besides `ndarray`.
//!
//! ```
//! use ndarray::Array3;
//! use rnn_models::loss::squared_error;
//! use rnn_models::prelude::*;
//! use rnn_models::runtime::cells;
//!
//! cells::Gru! { struct Small { x: 1, h: 8 } }
//!
//! let (mut cell, mut gradient) = (Small::init(&mut seeded(1)), Small::zeros());
//! let (mut sequence, mut sgd) = (Sequence::new(), Sgd::new(0.1));
//! let (x, target) = (Array3::ones((5, 2, 1)), Array3::zeros((5, 2, 8))); // [steps, batch, values]
//! let y = sequence.record(&cell, &[x.view()], &[])?;
//! let (_loss, dy) = squared_error(y.view(), target.view(), Reduction::Mean)?;
//! sequence.backward(&cell, &OutputGradients::outputs(dy.view()), &mut gradient)?;
//! sgd.step(cell.as_mut_slice(), gradient.as_slice())?;
//! # Ok::<(), rnn_models::Error>(())
//! ```
//!
//! # What to read
//!
//! | to | read |
//! |---|---|
//! | write, run and check cells | the front page of [`runtime`] |
//! | compare outputs with targets | [`loss`] |
//! | update parameters, keep and resume training | [`optim`] |
//! | bound gradients | [`clip`] |
//! | choose a class from logits | [`sample`] |
//!
//! # Features
//!
//! Those of `rnn-runtime`, under the same names: `rayon`, and the tiers, which are default.

pub mod clip;
pub mod loss;
pub mod optim;
pub mod sample;

pub use rnn_runtime as runtime;
pub use rnn_runtime::Error;

/// What most programs use: the prelude of [`runtime`], and the optimisers.
pub mod prelude {
    pub use rnn_runtime::prelude::*;

    pub use crate::loss::Reduction;
    pub use crate::optim::{Adam, Optimiser, Sgd};
}

/// The examples of the README compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
