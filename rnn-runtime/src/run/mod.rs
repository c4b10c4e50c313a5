//! What runs a cell: whole sequences, and streams step by step.

mod one;
pub mod sequence;
pub mod stream;
mod weights;
