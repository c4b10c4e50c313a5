//! Optimisers over the flat buffer of a cell.
//!
//! One optimiser belongs to one buffer: its state has an entry for each parameter and begins with
//! the first step. Parameters without a gradient (`fixed`) have zeros in it and stay as they are.
//!
//! ```
//! use rnn_runtime::optim::{Adam, Optimiser};
//!
//! // The least of (p - 3)^2.
//! let mut p = [0.0_f64];
//! let mut adam = Adam::new(0.1);
//! for _ in 0..500 {
//!     let gradient = [2.0 * (p[0] - 3.0)];
//!     adam.step(&mut p, &gradient)?;
//! }
//! assert!((p[0] - 3.0).abs() < 1e-3);
//! # Ok::<(), rnn_runtime::error::Error>(())
//! ```

use crate::clip::check_finite;
use crate::element::Element;
use crate::error::Error;

mod adam;
mod sgd;

pub use adam::Adam;
pub use sgd::Sgd;

/// Changes parameters so that a loss falls.
pub trait Optimiser<E: Element> {
    /// One step against `gradient`, which has an entry for each of `params`.
    ///
    /// # Errors
    ///
    /// [`Error::Count`] when the lengths differ, or are not those of the first step;
    /// [`Error::NotFinite`] for a gradient value; [`Error::Value`] for a setting outside its range.
    /// Nothing is changed then, the optimiser's state included.
    fn step(&mut self, params: &mut [E], gradient: &[E]) -> Result<(), Error>;

    /// The learning rate of the next step.
    fn learning_rate(&self) -> f64;

    /// Sets the learning rate from the next step on.
    fn set_learning_rate(&mut self, rate: f64);
}

/// Checks what a step is given. `state` is the optimiser's, empty before the first step.
fn check_step<E: Element>(params: &[E], gradient: &[E], state: &[E]) -> Result<(), Error> {
    let count =
        |what: &str, expected, found| Err(Error::Count { what: what.into(), expected, found });
    if gradient.len() != params.len() {
        return count("gradient values", params.len(), gradient.len());
    }
    if !state.is_empty() && state.len() != params.len() {
        return count("parameters of this optimiser", state.len(), params.len());
    }
    check_finite("gradient", gradient)
}

/// Refuses a setting that is not in `[0, end)`.
fn check_setting(what: &str, value: f64, end: f64) -> Result<(), Error> {
    if (0.0..end).contains(&value) {
        return Ok(());
    }
    let expected = if end.is_finite() {
        format!("at least 0 and below {end}")
    } else {
        "finite and not negative".into()
    };
    Err(Error::Value { what: what.into(), expected, found: value.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_refusals(mut optimiser: impl Optimiser<f64>) {
        let mut params = [1.0, 2.0];
        optimiser.step(&mut params, &[0.5, -0.5]).unwrap();
        let after = params;
        let error = optimiser.step(&mut params, &[1.0]).unwrap_err();
        assert_eq!(error.to_string(), "1 gradient values given, but 2 needed");
        let error = optimiser.step(&mut params, &[1.0, f64::NAN]).unwrap_err();
        assert_eq!(error.to_string(), "gradient is not finite at index 1");
        let error = optimiser.step(&mut [0.0], &[1.0]).unwrap_err();
        assert_eq!(error.to_string(), "1 parameters of this optimiser given, but 2 needed");
        let rate = optimiser.learning_rate();
        for wrong in [f64::NAN, -0.1, f64::INFINITY] {
            optimiser.set_learning_rate(wrong);
            let error = optimiser.step(&mut params, &[1.0, 1.0]).unwrap_err();
            assert!(matches!(error, Error::Value { .. }), "{error}");
        }
        assert_eq!(params, after);
        optimiser.set_learning_rate(rate);
        optimiser.step(&mut params, &[0.5, -0.5]).unwrap();
        assert!(params[0] < after[0] && params[1] > after[1]);
    }

    #[test]
    fn wrong_arguments_are_refused() {
        assert_refusals(Sgd::new(0.1).momentum(0.9).nesterov());
        assert_refusals(Adam::new(0.1));
        assert!(Sgd::new(0.1).momentum(1.0).step(&mut [0.0], &[1.0]).is_err());
        assert!(Adam::new(0.1).betas(0.9, 1.0).step(&mut [0.0], &[1.0]).is_err());
        assert!(Adam::new(0.1).epsilon(-1.0).step(&mut [0.0], &[1.0]).is_err());
    }

    #[test]
    fn no_gradient_no_change() {
        let mut params = [1.0_f32, -2.0];
        let before = params;
        let mut adam = Adam::new(0.1);
        let mut sgd = Sgd::new(0.1).momentum(0.9);
        for _ in 0..10 {
            adam.step(&mut params, &[0.0, 0.0]).unwrap();
            sgd.step(&mut params, &[0.0, 0.0]).unwrap();
        }
        assert_eq!(params, before);
    }
}
