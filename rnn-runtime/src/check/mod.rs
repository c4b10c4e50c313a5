//! What checks a cell: the interpreter, and the comparison of kernels with it.

#[cfg(feature = "std")]
pub mod reference;
#[cfg(feature = "std")]
pub mod verify;
