//! The squared error.

use ndarray::{Array, ArrayView, ArrayViewMut, Dimension};

use super::elementwise::Terms;
use super::{Reduction, zeros_like};
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

/// Squared error, a term a value: `(output - target)^2`; with [`Reduction::Mean`] the mean squared
/// error.
///
/// Returns the value and the gradient by the outputs, `2 (output - target)`, reduced alike. Shapes:
/// `outputs`, `targets` and gradient `[.., K]`, weights `[..]`. Where a difference or its double
/// leaves the range of the scalar type, value and gradient are infinite; an optimiser refuses such
/// a gradient.
///
/// # Errors
///
/// [`Error::Shape`] for targets or weights of another shape, [`Error::Value`] for a negative or
/// infinite weight or a mean of nothing, [`Error::NotFinite`] for an output or target.
///
/// ```
/// use ndarray::array;
/// use rnn_models::loss::{Reduction, squared_error};
///
/// let (outputs, targets) = (array![[1.0_f32], [4.0]], array![[0.0], [2.0]]);
/// let (value, gradient) = squared_error(outputs.view(), targets.view(), Reduction::Mean)?;
/// assert_eq!((value, gradient), (2.5, array![[1.0], [2.0]]));
/// # Ok::<(), rnn_models::Error>(())
/// ```
pub fn squared_error<E: Element, D: Dimension>(
    outputs: ArrayView<'_, E, D>,
    targets: ArrayView<'_, E, D>,
    reduction: Reduction<'_, E, D::Smaller>,
) -> Result<(f64, Array<E, D>), Error> {
    let mut gradient = zeros_like(&outputs)?;
    let value = squared_error_into(outputs, targets, reduction, gradient.view_mut())?;
    Ok((value, gradient))
}

/// [`squared_error`] with the gradient written into a given array.
///
/// # Errors
///
/// As there, and [`Error::Shape`] when `gradient` is not shaped like `outputs`.
pub fn squared_error_into<E: Element, D: Dimension>(
    outputs: ArrayView<'_, E, D>,
    targets: ArrayView<'_, E, D>,
    reduction: Reduction<'_, E, D::Smaller>,
    gradient: ArrayViewMut<'_, E, D>,
) -> Result<f64, Error> {
    let term = |output: E, target: E| {
        let difference = output - target;
        (difference.as_f64() * difference.as_f64(), difference + difference)
    };
    let any = E::min_value()..=E::max_value();
    let accepts = |output: E, _| output.is_finite();
    Terms { targets: any, accepts, term }.reduce(outputs, targets, reduction, gradient)
}
