//! Random matrices with orthonormal rows or columns, uniformly distributed (Haar measure).
//!
//! A matrix of normal draws `A [m, n]`, `m >= n`, is factored into `Q R` by Householder reflections
//! (Golub and Van Loan, Matrix Computations, 5.2). `Q` alone is not uniform; with the diagonal of
//! `R` made positive, its signs moved into the columns of `Q`, it is (Mezzadri 2007).

/// A row-major matrix `[rows, columns]` with orthonormal rows if it is wide, columns if it is tall.
/// `fill_normal` fills a slice with independent standard normal draws.
pub(super) fn random(
    rows: usize,
    columns: usize,
    fill_normal: impl FnOnce(&mut [f64]),
) -> Vec<f64> {
    let (long, short) = (rows.max(columns), rows.min(columns));
    if short == 0 {
        return Vec::new();
    }
    let mut normal = vec![0.0; long * short];
    fill_normal(&mut normal);
    let q = orthonormal_columns(normal, long);
    if rows <= columns {
        // The columns of Q, one after another, are the rows of its transpose.
        return q;
    }
    (0..rows * columns).map(|at| q[at % columns * rows + at / columns]).collect()
}

/// The factor `Q` of `A = Q R` with a positive diagonal of `R`; `A` and `Q` column after column,
/// each column `len` long.
fn orthonormal_columns(mut a: Vec<f64>, len: usize) -> Vec<f64> {
    let count = a.len() / len;
    let mut diagonal = Vec::with_capacity(count);
    for j in 0..count {
        let (done, rest) = a.split_at_mut((j + 1) * len);
        let v = &mut done[j * len + j..];
        diagonal.push(reflector(v));
        for column in rest.chunks_exact_mut(len) {
            reflect(v, &mut column[j..]);
        }
    }
    // Q is the product of all reflections: applied last to first to the leading columns of the
    // identity.
    let mut q = vec![0.0; a.len()];
    for (j, column) in q.chunks_exact_mut(len).enumerate() {
        column[j] = 1.0_f64.copysign(diagonal[j]);
        for i in (0..=j).rev() {
            reflect(&a[i * len + i..(i + 1) * len], &mut column[i..]);
        }
    }
    q
}

/// Replaces `x` by the vector `v` whose reflection takes `x` to a multiple of the first unit
/// vector, returns that multiple. The sign is chosen so that nothing cancels; `v` has the length
/// `sqrt(2)`, or zero (no reflection) when `x` is zero.
fn reflector(x: &mut [f64]) -> f64 {
    let norm = dot(x, x).sqrt();
    let multiple = -norm.copysign(x[0]);
    x[0] -= multiple;
    let square = dot(x, x);
    let factor = if square > 0.0 { (2.0 / square).sqrt() } else { 0.0 };
    for value in x {
        *value *= factor;
    }
    multiple
}

/// `x - v (v . x)`: the reflection at the plane normal to `v`, for `v . v = 2`.
fn reflect(v: &[f64], x: &mut [f64]) {
    let projection = dot(v, x);
    for (value, &direction) in x.iter_mut().zip(v) {
        *value -= projection * direction;
    }
}

/// In parts that do not wait for each other.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut parts = [0.0; 16];
    for (a, b) in a.chunks(parts.len()).zip(b.chunks(parts.len())) {
        for ((part, a), b) in parts.iter_mut().zip(a).zip(b) {
            *part += a * b;
        }
    }
    parts.iter().sum()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    use super::*;

    fn draw(rows: usize, columns: usize, rng: &mut StdRng) -> Vec<f64> {
        random(rows, columns, |values| super::super::normal(1.0, values, rng))
    }

    #[test]
    fn the_shorter_side_is_orthonormal() {
        let mut rng = StdRng::seed_from_u64(3);
        for (rows, columns) in
            [(1, 1), (1, 4), (4, 1), (5, 5), (7, 3), (3, 7), (64, 64), (0, 0), (0, 2)]
        {
            let w = draw(rows, columns, &mut rng);
            let at = |short: usize, long: usize| {
                if rows <= columns { w[short * columns + long] } else { w[long * columns + short] }
            };
            let (long, short) = (rows.max(columns), rows.min(columns));
            for i in 0..short {
                for j in 0..short {
                    let product: f64 = (0..long).map(|k| at(i, k) * at(j, k)).sum();
                    let expected = f64::from(u8::from(i == j));
                    assert!((product - expected).abs() < 1e-13, "{rows}x{columns}: {product}");
                }
            }
        }
    }

    #[test]
    fn the_factor_is_that_of_the_matrix() {
        // Q^T A is upper triangular with a positive diagonal.
        let mut rng = StdRng::seed_from_u64(4);
        let (len, count) = (6, 4);
        let a: Vec<f64> = (0..len * count).map(|_| rng.random::<f64>() - 0.5).collect();
        let q = orthonormal_columns(a.clone(), len);
        for (i, column) in q.chunks_exact(len).enumerate() {
            for (j, other) in a.chunks_exact(len).enumerate() {
                let r = dot(column, other);
                assert!(if i == j { r > 0.0 } else { i < j || r.abs() < 1e-14 }, "{i} {j}: {r}");
            }
        }
    }

    #[test]
    fn no_sign_is_preferred() {
        // Without the positive diagonal the first entry of a Householder factor is never positive.
        let mut rng = StdRng::seed_from_u64(5);
        let positive = (0..1000).filter(|_| draw(3, 3, &mut rng)[0] > 0.0).count();
        assert!((430..570).contains(&positive), "{positive} of 1000 first entries positive");
    }

    #[test]
    fn a_zero_matrix_gives_the_identity() {
        assert_eq!(orthonormal_columns(vec![0.0; 6], 3).iter().map(|v| v.abs()).sum::<f64>(), 2.0);
    }
}
