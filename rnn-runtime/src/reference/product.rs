//! Products with matrices, and their part in the gradients of the matrices.
//!
//! A few rows are multiplied one by one, by loops over slices: a general product packs the matrix first, which for few
//! rows costs more than it saves, and where nothing is optimised costs twenty times as much.

use core::slice::Chunks;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, CowArray, Ix2};

use crate::element::Element;

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
    let sums = product.as_slice_mut().unwrap_or(&mut []).chunks_mut(results.max(1));
    for (sums, values) in sums.zip(rows) {
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
    let columns = matrix.ncols().max(1);
    for (factors, values) in rows_of(&left).zip(rows_of(&right)) {
        let sums = matrix.as_slice_mut().unwrap_or(&mut []).chunks_mut(columns);
        sums.zip(factors).for_each(|(sums, &factor)| E::add_scaled(sums, factor, values));
    }
}

/// The rows of an array in standard layout.
fn rows_of<'a, E: Element>(array: &'a CowArray<'_, E, Ix2>) -> Chunks<'a, E> {
    array.as_slice().unwrap_or(&[]).chunks(array.ncols().max(1))
}
