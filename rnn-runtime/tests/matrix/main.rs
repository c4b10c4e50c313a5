//! The products of every tier against plain loops in `f64`, on operands inside larger buffers.

mod operands;
mod products;
mod updates;
