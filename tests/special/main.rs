//! Kernels against the interpreter in the same scalar type, at special values and on every tier:
//! every function, every pair of functions, values and slopes; and right values at the edges of the
//! number range.
//!
//! What must be equal: NaN is where the interpreter has NaN, infinities are its infinities, and
//! other numbers are its numbers within bounds in units of the scalar type's precision. Numbers
//! below the smallest normal one count as zero.

#[macro_use]
mod runs;

mod compare;
mod edges;
mod ends;
mod pairs;
mod two;
mod values;
