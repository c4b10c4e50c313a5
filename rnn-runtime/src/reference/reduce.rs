//! Functions that see a whole vector: value and adjoint of each.
//!
//! All work on rows: an operand `[B, n]` gives `[B, 1]` (a scalar) or `[B, n]`.

use alloc::{vec, vec::Vec};

use ndarray::{Array2, Axis};

use super::elementwise::broadcast;
use crate::element::Element;
use crate::graph::Reduce;

/// `f` of the operands.
pub(super) fn value<E: Element>(f: Reduce, operands: &[&Array2<E>]) -> Array2<E> {
    let u = operands[0];
    match f {
        Reduce::Sum => row_sums(u),
        Reduce::Mean => row_means(u),
        Reduce::Dot => row_sums(&(u * operands[1])),
        Reduce::Norm => row_sums(&(u * u)).mapv_into(|v| v.sqrt()),
        Reduce::Softmax => softmax(u),
        Reduce::LayerNorm { epsilon } => {
            let normalised = standardise(u, epsilon).0;
            match operands {
                [_, gain, bias] => normalised * *gain + *bias,
                _ => normalised,
            }
        }
    }
}

/// Adjoints of the operands from the adjoint `dy` of `y`. Operands that were broadcast get theirs
/// in the shape of `dy`, still to be summed.
pub(super) fn adjoint<E: Element>(
    f: Reduce,
    operands: &[&Array2<E>],
    y: &Array2<E>,
    dy: &Array2<E>,
) -> Vec<Array2<E>> {
    let u = operands[0];
    match f {
        Reduce::Sum => vec![broadcast(dy, (dy.nrows(), u.ncols())).to_owned()],
        Reduce::Mean => {
            vec![broadcast(&(dy / length(u)), (dy.nrows(), u.ncols())).to_owned()]
        }
        Reduce::Dot => vec![dy * operands[1], dy * u],
        // u / |u|, and 0 at the zero vector.
        Reduce::Norm => {
            let inverse = y.mapv(|y| if y == E::zero() { y } else { E::one() / y });
            vec![u * &(dy * &inverse)]
        }
        Reduce::Softmax => vec![y * &(dy - &row_sums(&(y * dy)))],
        Reduce::LayerNorm { epsilon } => {
            let (normalised, inverse_deviation) = standardise(u, epsilon);
            match operands {
                [_, gain, _] => vec![
                    standardise_adjoint(&normalised, &inverse_deviation, &(dy * *gain)),
                    dy * &normalised,
                    dy.clone(),
                ],
                _ => vec![standardise_adjoint(&normalised, &inverse_deviation, dy)],
            }
        }
    }
}

/// Softmax of each row, shifted by its largest entry so that no exponential overflows.
fn softmax<E: Element>(u: &Array2<E>) -> Array2<E> {
    let mut y = u.clone();
    for mut row in y.rows_mut() {
        let largest = row.fold(E::neg_infinity(), |a, &b| a.max(b));
        row.mapv_inplace(|v| (v - largest).exp());
        let total = row.sum();
        row.mapv_inplace(|v| v / total);
    }
    y
}

/// `z = (u - mean) / sqrt(variance + epsilon)` of each row `[B, n]`, and the factor
/// `1 / sqrt(variance + epsilon)` `[B, 1]`.
fn standardise<E: Element>(u: &Array2<E>, epsilon: f64) -> (Array2<E>, Array2<E>) {
    let centred = u - &row_means(u);
    let variance = row_means(&(&centred * &centred));
    let inverse = variance.mapv_into(|v| E::one() / (v + E::from_f64(epsilon)).sqrt());
    (centred * &inverse, inverse)
}

/// Adjoint of `u` in [`standardise`]: the mean takes the mean of `dz` out, the deviation its part
/// along `z`.
fn standardise_adjoint<E: Element>(
    z: &Array2<E>,
    inverse_deviation: &Array2<E>,
    dz: &Array2<E>,
) -> Array2<E> {
    let along = row_means(&(dz * z));
    (dz - &row_means(dz) - z * &along) * inverse_deviation
}

fn row_sums<E: Element>(u: &Array2<E>) -> Array2<E> {
    u.sum_axis(Axis(1)).insert_axis(Axis(1))
}

fn row_means<E: Element>(u: &Array2<E>) -> Array2<E> {
    row_sums(u) / length(u)
}

fn length<E: Element>(u: &Array2<E>) -> E {
    E::from_f64(u.ncols() as f64)
}
