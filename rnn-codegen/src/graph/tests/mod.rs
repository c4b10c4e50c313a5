//! Tests of the passes and of `grad`: by value, against finite differences, and as printed graphs.

mod gradients;
mod illegal;
mod pairs;
mod printed;
mod random;
mod rules;
mod values;
