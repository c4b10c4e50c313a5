//! Products with matrices, and their part in the gradients of the matrices.
//!
//! A few rows are multiplied one by one, by loops over slices: a general product packs the matrix
//! first, which for few rows costs more than it saves, and where nothing is optimised costs twenty
//! times as much.

use core::slice::{Chunks, ChunksMut};

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, CowArray, Ix2};

use crate::kernels::element::Element;

/// Copies in standard layout, and arrays that the interpreter makes, are in order.
const LAYOUT: &str = "bug in rnn-runtime: rows that do not follow one another";

/// Fewest rows for a general product.
const MANY_ROWS: usize = 16;

/// `matrix @ v` for each row `v` of `rows`, or with the transpose of `matrix`: `[B, columns]` and
/// `[rows, columns]` give `[B, rows]`.
pub(super) fn product<E: Element>(
    rows: &Array2<E>,
    matrix: &Array2<E>,
    transposed: bool,
) -> Array2<E> {
    if rows.nrows() >= MANY_ROWS {
        return if transposed { rows.dot(matrix) } else { rows.dot(&matrix.t()) };
    }
    let results = if transposed { matrix.ncols() } else { matrix.nrows() };
    let mut product = Array2::zeros((rows.nrows(), results));
    let (rows, matrix) = (rows.as_standard_layout(), matrix.as_standard_layout());
    let (rows, matrix) = (rows_of(&rows), rows_of(&matrix));
    for (sums, values) in rows_mut(&mut product).zip(rows) {
        if transposed {
            values.iter().zip(matrix.clone()).for_each(|(&v, row)| E::add_scaled(sums, v, row));
        } else {
            sums.iter_mut().zip(matrix.clone()).for_each(|(sum, row)| *sum = E::dot(values, row));
        }
    }
    product
}

/// Adds the sum over all rows of `outer(left, right)` to `matrix`.
pub(super) fn add_outer<E: Element>(matrix: &mut Array2<E>, left: &Array2<E>, right: &Array2<E>) {
    if left.nrows() >= MANY_ROWS {
        general_mat_mul(E::one(), &left.t(), right, E::one(), matrix);
        return;
    }
    let (left, right) = (left.as_standard_layout(), right.as_standard_layout());
    for (factors, values) in rows_of(&left).zip(rows_of(&right)) {
        let sums = rows_mut(matrix).zip(factors);
        sums.for_each(|(sums, &factor)| E::add_scaled(sums, factor, values));
    }
}

/// The rows of an array in standard layout.
fn rows_of<'a, E: Element>(array: &'a CowArray<'_, E, Ix2>) -> Chunks<'a, E> {
    array.as_slice().expect(LAYOUT).chunks(array.ncols().max(1))
}

/// The same of an array of this module's, to be changed.
fn rows_mut<E: Element>(array: &mut Array2<E>) -> ChunksMut<'_, E> {
    let columns = array.ncols().max(1);
    array.as_slice_mut().expect(LAYOUT).chunks_mut(columns)
}
