//! Cuts parameters off the front of the flat buffer, for the views that the macro generates.
//!
//! The sizes are those the buffer was made with, so there is always enough left.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};

use crate::kernels::element::Element;

/// The next number.
pub fn take_number<'a, E>(rest: &mut &'a [E]) -> &'a E {
    &take(rest, 1)[0]
}

/// The next number.
pub fn take_number_mut<'a, E>(rest: &mut &'a mut [E]) -> &'a mut E {
    &mut take_mut(rest, 1)[0]
}

/// The next vector `[n]`.
pub fn take_vector<'a, E>(rest: &mut &'a [E], n: usize) -> ArrayView1<'a, E> {
    ArrayView1::from(take(rest, n))
}

/// The next vector `[n]`.
pub fn take_vector_mut<'a, E>(rest: &mut &'a mut [E], n: usize) -> ArrayViewMut1<'a, E> {
    ArrayViewMut1::from(take_mut(rest, n))
}

/// The next matrix `[rows, columns]`.
pub fn take_matrix<'a, E: Element>(
    rest: &mut &'a [E],
    rows: usize,
    columns: usize,
) -> ArrayView2<'a, E> {
    let values = take(rest, rows * columns);
    ArrayView2::from_shape((rows, columns), values).expect("a slice of the matrix's length")
}

/// The next matrix `[rows, columns]`.
pub fn take_matrix_mut<'a, E: Element>(
    rest: &mut &'a mut [E],
    rows: usize,
    columns: usize,
) -> ArrayViewMut2<'a, E> {
    let values = take_mut(rest, rows * columns);
    ArrayViewMut2::from_shape((rows, columns), values).expect("a slice of the matrix's length")
}

fn take<'a, E>(rest: &mut &'a [E], len: usize) -> &'a [E] {
    let (first, others) = rest.split_at(len);
    *rest = others;
    first
}

fn take_mut<'a, E>(rest: &mut &'a mut [E], len: usize) -> &'a mut [E] {
    let (first, others) = core::mem::take(rest).split_at_mut(len);
    *rest = others;
    first
}
