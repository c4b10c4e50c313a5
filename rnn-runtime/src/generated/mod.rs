//! What generated code, the other crates of the workspace and tests of kernels name: not part of
//! the public surface, and of this version alone.

pub use crate::kernels::Kernel;
pub use crate::kernels::{matrix, simd};

#[cfg(feature = "std")]
pub use crate::check::verify::candidate::{Build, Candidate};
pub use crate::declaration::graph::{
    Binary, CellGraph, Init, Node, Op, ParamInfo, Port, Reduce, Shape, Unary, WeightFormat,
};
pub use crate::error::Error;
pub use crate::error::sizes::same_count;
pub use crate::kernels::matrix::{
    Blocks, Columns, Kernels, PackPart, PackPlan, Rows, RowsMut, Source, Start, add_rows,
    add_transposed,
};
pub use crate::kernels::simd::Lanes;
pub use crate::params::flat::Flat;
pub use crate::params::{Cell, ParamSlice, ParamSliceMut, Parameters, ParametersMut};
pub use crate::program::{Buffer, Buffers, Frame, Frames, Layout, Place, Program};
pub use crate::room::room;
pub use crate::run::sequence::Sequence;
pub use crate::run::sequence::driver::Driver;

pub use self::cut::{
    take_matrix, take_matrix_mut, take_number, take_number_mut, take_vector, take_vector_mut,
};
pub use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};

mod cut;

use ndarray::{ArrayView3, ArrayViewMut3, Axis};

use crate::kernels::element::Element;
use crate::kernels::matrix::Aligned;
use crate::kernels::simd::Simd;

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

/// The room for copies of operands that sums over rows have.
#[inline(always)]
pub fn scratch<'s, E>(scratch: &'s mut Option<&mut Aligned<E>>) -> &'s mut Aligned<E> {
    scratch.as_deref_mut().expect("bug in rnn-codegen: sums over rows in another pass")
}

/// The token of the vectors that loops over one row alone use.
#[inline(always)]
pub fn wide<E: Element, S: Simd<E>>(simd: S) -> S::Wide {
    simd.wide()
}

/// Lanes of the vectors that belong to a token.
#[inline(always)]
pub fn lanes_of<E: Element, S: Simd<E>>(_simd: S) -> usize {
    S::V::LANES
}

/// One sequence of fixed length as a batch of one row `[T, 1, I]`.
pub fn steps<E, const I: usize>(rows: &[[E; I]]) -> ArrayView3<'_, E> {
    ArrayView2::from(rows).insert_axis(Axis(1))
}

/// One sequence of fixed length as a batch of one row `[T, 1, O]`.
pub fn steps_mut<E, const O: usize>(rows: &mut [[E; O]]) -> ArrayViewMut3<'_, E> {
    ArrayViewMut2::from(rows).insert_axis(Axis(1))
}
