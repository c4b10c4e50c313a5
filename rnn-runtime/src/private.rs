//! What generated code names; not part of the public surface.

pub use crate::graph::{Binary, CellGraph, Init, Node, Op, ParamInfo, Port, Reduce, Shape, Unary};
pub use crate::matrix::{Kernels, PackPart, PackPlan, Rows, RowsMut, Start};
pub use crate::params::{Cell, Flat};
pub use crate::program::{
    BackCallFrame, BackRows, BackStep, Buffer, CallFrame, Layout, Place, Program, RowsFrame,
    StepFrame,
};
pub use crate::simd::Lanes;

use crate::element::Element;
use crate::simd::Simd;

/// The first `count` rows of a buffer with rows of `N` values.
#[inline(always)]
pub fn rows<E, const N: usize>(data: &[E], count: usize) -> &[[E; N]] {
    &data.as_chunks().0[..count]
}

/// The first `count` rows of a buffer with rows of `N` values.
#[inline(always)]
pub fn rows_mut<E, const N: usize>(data: &mut [E], count: usize) -> &mut [[E; N]] {
    &mut data.as_chunks_mut().0[..count]
}

/// The one row of a buffer.
#[inline(always)]
pub fn row<E, const N: usize>(data: &[E]) -> &[E; N] {
    &data.as_chunks().0[0]
}

/// The one row of a buffer.
#[inline(always)]
pub fn row_mut<E, const N: usize>(data: &mut [E]) -> &mut [E; N] {
    &mut data.as_chunks_mut().0[0]
}

/// Lanes of the vectors that belong to a token.
#[inline(always)]
pub fn lanes_of<E: Element, S: Simd<E>>(_simd: S) -> usize {
    S::V::LANES
}
