//! Functions that see a whole vector: value and adjoint of each.
//!
//! All work on rows: an operand `[B, n]` gives `[B, 1]` (a scalar) or `[B, n]`.

use alloc::{vec, vec::Vec};

use ndarray::{Array2, ArrayView1, Axis, Zip};

use super::elementwise::{broadcast, common};
use super::numbers::handed;
use crate::declaration::graph::Reduce;
use crate::kernels::element::Element;

/// `f` of the operands.
pub(super) fn value<E: Element>(f: Reduce, operands: &[&Array2<E>]) -> Array2<E> {
    let u = operands[0];
    match f {
        Reduce::Sum => row_sums(u),
        Reduce::Mean => row_means(u),
        Reduce::Dot => row_sums(&(u * operands[1])),
        Reduce::Norm => norm(u),
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
        Reduce::Dot => vec![rows_handed(dy, operands[1]), rows_handed(dy, u)],
        // u / |u|, and 0 at the zero vector.
        Reduce::Norm => {
            let length = y.mapv(|y| if y == E::zero() { E::one() } else { y });
            vec![rows_handed(dy, &(u / &length))]
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

/// Euclidean norm of each row; scaled, since squares leave the range of the type where the norm
/// does not.
fn norm<E: Element>(u: &Array2<E>) -> Array2<E> {
    let scale = scales(u);
    let scaled = u * &scale;
    row_sums(&(&scaled * &scaled)).mapv_into(|v| v.sqrt()) / scale
}

/// For each row a power of two that brings its largest entry near 1.
fn scales<E: Element>(u: &Array2<E>) -> Array2<E> {
    let scale = |row: ArrayView1<'_, E>| {
        let largest = row.fold(E::zero(), |a, b| a.max(b.abs())).as_f64();
        let ordinary = largest > 0.0 && largest.is_finite();
        let exponent = if ordinary { largest.log2().floor() as i32 } else { 0 };
        // The inverse of the smallest number is infinite, that of the smallest normal one is not.
        E::from_f64(2_f64.powi(-exponent)).min(E::one() / E::min_positive_value())
    };
    u.map_axis(Axis(1), scale).insert_axis(Axis(1))
}

/// `z = (u - mean) / sqrt(variance + epsilon)` of each row `[B, n]`, and the factor
/// `1 / sqrt(variance + epsilon)` `[B, 1]`. The deviations are scaled if they are large, since
/// their squares are summed, and freed of what the rounding of the mean left in them.
fn standardise<E: Element>(u: &Array2<E>, epsilon: f64) -> (Array2<E>, Array2<E>) {
    let scale = scales(u).mapv_into(|scale| scale.min(E::one()));
    let scaled = u * &scale;
    let centred = &scaled - &row_means(&scaled);
    let centred = &centred - &row_means(&centred);
    let variance = row_means(&(&centred * &centred));
    let epsilon = scale.mapv(|s| (E::from_f64(epsilon) * s * s).max(E::min_positive_value()));
    let inverse = (variance + epsilon).mapv_into(|v| E::one() / v.sqrt());
    (centred * &inverse, inverse * scale)
}

/// The product with a slope `[B, n]` of what comes back to each row `[B, 1]`.
fn rows_handed<E: Element>(dy: &Array2<E>, slope: &Array2<E>) -> Array2<E> {
    let dim = (common(dy.nrows(), slope.nrows()), slope.ncols());
    Zip::from(broadcast(dy, dim)).and(broadcast(slope, dim)).map_collect(|&a, &b| handed(a, b))
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
