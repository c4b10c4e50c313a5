//! Ready cells, as families: declarations with open sizes, in the same notation as everyone's
//! cells.
//!
//! One line makes a cell of a family, at sizes fixed when the program is compiled:
//! `rnn_runtime::cells::Gru! { pub struct Small { x: 8, h: 24 } }`. Every size that the declaration
//! leaves open has to be given.
//!
//! | family | sizes | what it is |
//! |---|---|---|
//! | [`Elman`], [`ElmanRelu`], [`Irnn`] | `x`, `h` | one activation, no gates |
//! | [`IndRnn`] | `x`, `h` | units that do not see each other |
//! | [`Lstm`] | `x`, `h` | with forget gate, as in PyTorch |
//! | [`LstmWithoutForget`], [`CoupledLstm`], [`SigmoidLstm`] | `x`, `h` | with other gates |
//! | [`PeepholeLstm`], [`MultiplicativeLstm`], [`LayerNormLstm`] | `x`, `h` | with additions |
//! | [`ProjectedLstm`] | `x`, `h`, `c` | cell state longer than the output |
//! | [`Gru`], [`GruResetBefore`] | `x`, `h` | reset after or before the product |
//! | [`SimplifiedGru`] | `x`, `c` | update gate only |
//! | [`Mgu`], [`Ugrnn`], [`Janet`] | `x`, `h` | one gate |
//! | [`MinGru`], [`MinLstm`] | `x`, `h` | linear in the state |
//! | [`Lem`], [`FastGrnn`] | `x`, `y` or `h` | learned time scales; one shared product |
//! | [`Highway`], [`Nas`] | `x`, `h` | several layers in a step |
//!
//! Weights start uniform in `±1/sqrt(n)`, `n` the length of the first state, and biases at zero,
//! where a family does not say otherwise.

mod deep;
mod elman;
mod gru;
mod independent;
mod linear;
mod lstm;
mod lstm_extended;
mod single_gate;
mod timescale;

// What is re-exported is hidden under its own name: only inlined it has a page.
#[doc(inline)]
pub use deep::{Highway, Nas};
#[doc(inline)]
pub use elman::{Elman, ElmanRelu, Irnn};
#[doc(inline)]
pub use gru::{Gru, GruResetBefore, SimplifiedGru};
#[doc(inline)]
pub use independent::IndRnn;
#[doc(inline)]
pub use linear::{MinGru, MinLstm};
#[doc(inline)]
pub use lstm::{CoupledLstm, Lstm, LstmWithoutForget, SigmoidLstm};
#[doc(inline)]
pub use lstm_extended::{LayerNormLstm, MultiplicativeLstm, PeepholeLstm, ProjectedLstm};
#[doc(inline)]
pub use single_gate::{Janet, Mgu, Ugrnn};
#[doc(inline)]
pub use timescale::{FastGrnn, Lem};
