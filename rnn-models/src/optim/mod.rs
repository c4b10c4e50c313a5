//! Optimisers over the flat buffer of a cell.
//!
//! One optimiser belongs to one buffer: its state has an entry for each parameter and begins with
//! the first step. Parameters without a gradient (`fixed`) have zeros in it and stay as they are.
//!
//! ```
//! use rnn_models::optim::{Adam, Optimiser};
//!
//! // The least of (p - 3)^2.
//! let mut p = [0.0_f64];
//! let mut adam = Adam::new(0.1);
//! for _ in 0..500 {
//!     let gradient = [2.0 * (p[0] - 3.0)];
//!     adam.step(&mut p, &gradient)?;
//! }
//! assert!((p[0] - 3.0).abs() < 1e-3);
//! # Ok::<(), rnn_models::Error>(())
//! ```

use crate::clip::check_finite;
use rnn_runtime::__v0_1::same_count;
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

mod adam;
mod sgd;

pub use adam::Adam;
pub use sgd::Sgd;

/// What an optimiser carries from step to step: plain numbers, to be kept in any format. Settings,
/// such as the learning rate, are not part of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State<E> {
    /// How many steps were taken.
    pub steps: u64,
    /// How many parameters there are; 0 before the first step.
    pub len: usize,
    /// Vectors with an entry for each parameter, as the optimiser's documentation names them; empty
    /// before the first step.
    pub vectors: Vec<Vec<E>>,
}

impl<E: Element> State<E> {
    /// Refuses another number of vectors, other lengths, steps without parameters or parameters
    /// without steps, and values that are not finite.
    fn check(&self, vectors: usize) -> Result<(), Error> {
        if (self.steps == 0) != (self.len == 0) {
            return Err(Error::Value {
                what: format!("the steps of the optimiser's state with {} parameters", self.len),
                expected: if self.len == 0 { "0" } else { "above 0" }.into(),
                found: self.steps.to_string(),
            });
        }
        same_count("vectors of the optimiser's state", vectors, self.vectors.len())?;
        self.vectors.iter().try_for_each(|vector| {
            same_count("values in the optimiser's state", self.len, vector.len())?;
            check_finite("the optimiser's state", vector)
        })
    }
}

/// Changes parameters so that a loss falls.
pub trait Optimiser<E: Element> {
    /// One step against `gradient`, which has an entry for each of `params`; without any, no step
    /// is counted.
    ///
    /// # Errors
    ///
    /// [`Error::Count`] when the lengths differ, or are not those of the first step;
    /// [`Error::NotFinite`] for a gradient value; [`Error::Value`] for a setting outside its range
    /// or that of the scalar type. Nothing is changed then, the optimiser's state included.
    fn step(&mut self, params: &mut [E], gradient: &[E]) -> Result<(), Error>;

    /// What the optimiser has gathered so far. With it, the same settings and the same parameters,
    /// training goes on in another process to the same bits.
    fn state(&self) -> State<E>;

    /// Puts back what [`state`](Optimiser::state) returned, of the same kind of optimiser.
    ///
    /// # Errors
    ///
    /// [`Error::Count`] when the numbers of vectors, steps or their lengths contradict one another,
    /// [`Error::NotFinite`] for a value, [`Error::Value`] for one that no training leads to.
    /// Nothing is changed then.
    fn restore(&mut self, state: State<E>) -> Result<(), Error>;

    /// The learning rate of the next step.
    fn learning_rate(&self) -> f64;

    /// Sets the learning rate from the next step on.
    fn set_learning_rate(&mut self, rate: f64);
}

/// Checks what a step is given. `len` is the number of parameters of the first step, 0 before it.
fn check_step<E: Element>(params: &[E], gradient: &[E], len: usize) -> Result<(), Error> {
    same_count("gradient values", params.len(), gradient.len())?;
    if len != 0 {
        same_count("parameters of this optimiser", len, params.len())?;
    }
    check_finite("gradient", gradient)
}

/// Refuses a setting that is not in `[0, end)`, or is infinite in the scalar type.
fn check_setting<E: Element>(what: &str, value: f64, end: f64) -> Result<(), Error> {
    if (0.0..end).contains(&value) && E::from_f64(value).is_finite() {
        return Ok(());
    }
    let expected = if end.is_finite() {
        format!("at least 0 and below {end}")
    } else {
        format!("not negative, and finite in {}", E::NAME)
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
        assert_refusals(Sgd::new(0.1));
        assert_refusals(Sgd::new(0.1).momentum(0.9).nesterov());
        assert_refusals(Adam::new(0.1));
        assert!(Sgd::new(0.1).momentum(1.0).step(&mut [0.0], &[1.0]).is_err());
        assert!(Adam::new(0.1).betas(0.9, 1.0).step(&mut [0.0], &[1.0]).is_err());
        assert!(Adam::new(0.1).epsilon(-1.0).step(&mut [0.0], &[1.0]).is_err());
    }

    fn assert_resumes<O: Optimiser<f64> + Clone>(fresh: &O) {
        let gradient = |step: i32| [f64::from(step).sin(), 1e200 * f64::from(step).cos()];
        let (mut params, mut optimiser) = ([1.0, -2.0], fresh.clone());
        (0..5).for_each(|step| optimiser.step(&mut params, &gradient(step)).unwrap());
        let mut resumed = fresh.clone();
        let mut again = params;
        resumed.restore(optimiser.state()).unwrap();
        for step in 5..10 {
            optimiser.step(&mut params, &gradient(step)).unwrap();
            resumed.step(&mut again, &gradient(step)).unwrap();
        }
        assert_eq!(params, again);
        assert_eq!(optimiser.state(), resumed.state());
        assert!(resumed.step(&mut [0.0], &[1.0]).is_err(), "the length is part of the state");

        let mut wrong = optimiser.state();
        wrong.vectors.push(vec![0.0; 2]);
        assert!(matches!(resumed.restore(wrong), Err(Error::Count { .. })));
        assert_eq!(optimiser.state(), resumed.state());
    }

    #[test]
    fn a_restored_state_goes_on_to_the_same_bits() {
        assert_resumes(&Sgd::new(0.1));
        assert_resumes(&Sgd::new(0.1).momentum(0.9));
        assert_resumes(&Adam::new(0.1));
        let mut adam = Adam::<f32>::new(0.1);
        adam.restore(Adam::<f32>::new(0.1).state()).unwrap();
        let broken = State { steps: 3, len: 2, vectors: vec![vec![0.0; 2], vec![0.0; 1]] };
        assert!(matches!(adam.restore(broken), Err(Error::Count { .. })));
    }

    #[test]
    fn settings_must_be_finite_in_the_scalar_type() {
        let (mut p, g) = ([1.0_f32], [1.0]);
        assert!(matches!(Sgd::new(1e39).step(&mut p, &g), Err(Error::Value { .. })));
        assert!(matches!(Adam::new(1e39).step(&mut p, &g), Err(Error::Value { .. })));
        let mut adam = Adam::new(0.1).epsilon(1e39);
        assert!(matches!(adam.step(&mut p, &g), Err(Error::Value { .. })));
        // Infinite once it is corrected for the first step.
        assert!(matches!(Adam::new(1e38).step(&mut p, &g), Err(Error::Value { .. })));
        assert_eq!(p, [1.0]);
        assert!(Sgd::new(1e39).step(&mut [1.0_f64], &[1.0]).is_ok());
    }

    #[test]
    fn states_that_no_training_leads_to_are_refused() {
        let mut adam = Adam::<f32>::new(0.1);
        let negative = State { steps: 1, len: 1, vectors: vec![vec![1.0], vec![-1.0]] };
        assert!(matches!(adam.restore(negative), Err(Error::Value { .. })));
        let no_parameters = State { steps: 5, len: 0, vectors: Vec::new() };
        assert!(matches!(adam.restore(no_parameters.clone()), Err(Error::Value { .. })));
        assert!(matches!(Sgd::new(0.1).restore(no_parameters), Err(Error::Value { .. })));
        let no_steps = State { steps: 0, len: 1, vectors: Vec::new() };
        assert!(matches!(Sgd::<f32>::new(0.1).restore(no_steps), Err(Error::Value { .. })));
        // There is nothing to train in a cell without parameters.
        adam.step(&mut [], &[]).unwrap();
        adam.restore(adam.state()).unwrap();
        assert_eq!(adam.state(), State::default());
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
