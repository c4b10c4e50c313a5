//! Random declarations of recurrent cells, to try the compiler with.
//!
//! ```text
//! seed -> generate -> Declaration -> text    right by construction: must be accepted
//!                                    text -> mutate -> text    must be refused at a token,
//!                                                              or accepted
//!                     Declaration, text -> shrink -> the least of them that still shows a failure
//! ```
//!
//! The same seed gives the same text. Lengths are awkward on purpose, and values stay tame: each
//! carries the interval in which it lies, so that a logarithm gets what is positive and a state
//! stays small, and results can be compared.

mod declaration;
mod draw;
mod equations;
mod expression;
mod functions;
mod generate;
mod length;
mod mutation;
mod own;
mod params;
mod parts;
mod range;
mod shrink;
mod value;

pub use declaration::Declaration;
pub use generate::generate;
pub use mutation::mutate;
pub use shrink::{shrink, shrink_text};
