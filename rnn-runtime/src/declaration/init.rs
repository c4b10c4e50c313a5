//! Initial values of parameters, from a seeded generator.
//!
//! Every [`Init`] has its definition here. Numbers are drawn in `f64` and rounded to the cell's
//! scalar type, so an `f32` and an `f64` cell of one seed begin with the same values up to
//! rounding. A vector counts as a matrix of one row, a scalar as a matrix of one value.

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

use crate::declaration::graph::{Init, ParamInfo, Shape};
use crate::declaration::views;
use crate::error::{Error, same_count};
use crate::kernels::element::Element;

mod orthonormal;

/// A generator that gives the same numbers for the same `seed`, with one version of `rand`.
pub fn seeded(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Fills `values`, the values of the parameter `info` describes, by its initialiser.
///
/// # Errors
///
/// [`Error::Count`] when `values` has another length than the parameter.
///
/// ```
/// use rnn_runtime::graph::{Init, ParamInfo, Shape};
///
/// let info = ParamInfo {
///     name: "i.x",
///     shape: Shape::Matrix(2, 3),
///     offset: 0,
///     init: Init::Glorot,
///     trainable: true,
/// };
/// let mut values = [0.0_f32; 6];
/// rnn_runtime::init::fill(&info, &mut values, &mut rnn_runtime::init::seeded(1))?;
/// assert!(values.iter().all(|v| v.abs() <= (6.0_f32 / 5.0).sqrt()));
/// # Ok::<(), rnn_runtime::error::Error>(())
/// ```
pub fn fill<E, R>(info: &ParamInfo, values: &mut [E], rng: &mut R) -> Result<(), Error>
where
    E: Element,
    R: Rng + ?Sized,
{
    let what = format_args!("values of parameter `{}`", info.name);
    same_count(what, info.shape.len(), values.len())?;
    assign(info, values, rng);
    Ok(())
}

/// Fills the values of all parameters, one after the other.
pub(crate) fn assign_all<E: Element>(
    params: &'static [ParamInfo],
    values: &mut [E],
    rng: &mut dyn Rng,
) {
    for (info, values) in views::each_mut(params, values) {
        assign(info, values, rng);
    }
}

/// [`fill`] for `values` known to have the parameter's length.
fn assign<E, R>(info: &ParamInfo, values: &mut [E], rng: &mut R)
where
    E: Element,
    R: Rng + ?Sized,
{
    let (rows, columns) = match info.shape {
        Shape::Scalar => (1, 1),
        Shape::Vector(len) => (1, len),
        Shape::Matrix(rows, columns) => (rows, columns),
    };
    match info.init {
        Init::Uniform(limit) => uniform(limit, values, rng),
        Init::UniformFan(len) => uniform((len as f64).sqrt().recip(), values, rng),
        Init::Normal(deviation) => normal(deviation, values, rng),
        Init::Glorot => uniform((6.0 / (rows + columns) as f64).sqrt(), values, rng),
        Init::He => normal((2.0 / columns as f64).sqrt(), values, rng),
        Init::Orthogonal => {
            let matrix = orthonormal::random(rows, columns, |into| normal(1.0, into, rng));
            for (value, &entry) in values.iter_mut().zip(&matrix) {
                *value = E::from_f64(entry);
            }
        }
        Init::Identity => {
            for (at, value) in values.iter_mut().enumerate() {
                *value = if at / columns == at % columns { E::one() } else { E::zero() };
            }
        }
        Init::Constant(value) => values.fill(E::from_f64(value)),
    }
}

/// Independent draws, uniform in `[-limit, limit]`.
fn uniform<E, R>(limit: f64, values: &mut [E], rng: &mut R)
where
    E: Element,
    R: Rng + ?Sized,
{
    for value in values {
        *value = E::from_f64(limit * (2.0 * rng.random::<f64>() - 1.0));
    }
}

/// Independent draws from the normal distribution of mean 0 and this standard deviation, two from
/// each point of the unit disc by the polar method (Marsaglia and Bray 1964).
fn normal<E, R>(deviation: f64, values: &mut [E], rng: &mut R)
where
    E: Element,
    R: Rng + ?Sized,
{
    for pair in values.chunks_mut(2) {
        let (x, y, square) = loop {
            let x = 2.0 * rng.random::<f64>() - 1.0;
            let y = 2.0 * rng.random::<f64>() - 1.0;
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                break (x, y, square);
            }
        };
        let factor = deviation * (-2.0 * square.ln() / square).sqrt();
        for (value, coordinate) in pair.iter_mut().zip([x, y]) {
            *value = E::from_f64(coordinate * factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(init: Init, shape: Shape) -> Vec<f64> {
        let info = ParamInfo { name: "w", shape, offset: 0, init, trainable: true };
        let mut values = vec![0.0; shape.len()];
        fill(&info, &mut values, &mut seeded(7)).unwrap();
        values
    }

    fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
        (mean, variance.sqrt())
    }

    /// Moments of 40 000 draws; five standard errors of mean and deviation are below 0.03 of
    /// `deviation`.
    fn assert_moments(values: &[f64], deviation: f64) {
        let (mean, found) = mean_and_deviation(values);
        assert!(mean.abs() < 0.03 * deviation, "mean {mean}");
        assert!((found / deviation - 1.0).abs() < 0.03, "deviation {found}, not {deviation}");
    }

    #[test]
    fn uniform_kinds_have_their_bounds_and_moments() {
        let shape = Shape::Matrix(100, 400);
        let kinds = [
            (Init::Uniform(0.3), 0.3),
            (Init::UniformFan(16), 0.25),
            (Init::Glorot, (6.0_f64 / 500.0).sqrt()),
        ];
        for (init, limit) in kinds {
            let values = filled(init, shape);
            assert!(values.iter().all(|v| v.abs() <= limit));
            assert_moments(&values, limit / 3.0_f64.sqrt());
        }
    }

    #[test]
    fn normal_kinds_have_their_moments() {
        let shape = Shape::Matrix(100, 400);
        assert_moments(&filled(Init::Normal(0.5), shape), 0.5);
        let he = filled(Init::He, shape);
        assert_moments(&he, (2.0_f64 / 400.0).sqrt());
        let beyond = he.iter().filter(|v| v.abs() > 2.0 * (2.0_f64 / 400.0).sqrt()).count();
        assert!((0.04..0.052).contains(&(beyond as f64 / 40_000.0)), "{beyond} beyond two sigma");
    }

    #[test]
    fn identity_of_every_shape() {
        assert_eq!(filled(Init::Identity, Shape::Matrix(2, 2)), [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(filled(Init::Identity, Shape::Matrix(2, 3)), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(filled(Init::Identity, Shape::Matrix(3, 2)), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(filled(Init::Identity, Shape::Vector(3)), [1.0, 0.0, 0.0]);
        assert_eq!(filled(Init::Identity, Shape::Scalar), [1.0]);
    }

    #[test]
    fn constants_and_orthonormal_rows() {
        assert_eq!(filled(Init::Constant(1.5), Shape::Vector(3)), [1.5; 3]);
        let values = filled(Init::Orthogonal, Shape::Matrix(2, 5));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (first, second) = values.split_at(5);
        assert!((dot(first, first) - 1.0).abs() < 1e-14);
        assert!((dot(second, second) - 1.0).abs() < 1e-14);
        assert!(dot(first, second).abs() < 1e-14);
        assert!((filled(Init::Orthogonal, Shape::Scalar)[0].abs() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn one_seed_gives_one_result_in_both_types() {
        let shape = Shape::Matrix(4, 3);
        let doubles = filled(Init::Orthogonal, shape);
        assert_eq!(doubles, filled(Init::Orthogonal, shape));
        let info =
            ParamInfo { name: "w", shape, offset: 0, init: Init::Orthogonal, trainable: true };
        let mut singles = [0.0_f32; 12];
        fill(&info, &mut singles, &mut seeded(7)).unwrap();
        for (single, double) in singles.iter().zip(doubles) {
            assert_eq!(*single, double as f32);
        }
    }

    #[test]
    fn a_wrong_length_is_refused() {
        let info = ParamInfo {
            name: "w",
            shape: Shape::Vector(3),
            offset: 0,
            init: Init::He,
            trainable: true,
        };
        let error = fill(&info, &mut [0.0_f32; 2], &mut seeded(7)).unwrap_err();
        assert_eq!(error.to_string(), "2 values of parameter `w` given, but 3 needed");
    }
}
