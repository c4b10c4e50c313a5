//! Gradient descent, with momentum if wanted.

use super::{Optimiser, State, check_setting, check_step};
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

/// Stochastic gradient descent (Robbins and Monro 1951) with momentum (Polyak 1964).
///
/// With gradient `g`, momentum `m` and learning rate `r`:
///
/// ```text
/// v = m v + g        (v = 0 before the first step)
/// p = p - r v
/// ```
///
/// and with Nesterov's correction (Sutskever, Martens, Dahl and Hinton 2013) `p = p - r (g + m v)`.
/// If there is momentum, the vector of its [`State`] is `v`. A step that would take parameters or
/// `v` out of the range of the scalar type is refused with [`Error::NotFinite`].
#[derive(Debug, Clone)]
pub struct Sgd<E> {
    learning_rate: f64,
    momentum: f64,
    nesterov: bool,
    steps: u64,
    /// The number of parameters, from the first step on.
    len: usize,
    velocity: Vec<E>,
}

impl<E: Element> Sgd<E> {
    /// Without momentum.
    pub fn new(learning_rate: f64) -> Self {
        Sgd {
            learning_rate,
            momentum: 0.0,
            nesterov: false,
            steps: 0,
            len: 0,
            velocity: Vec::new(),
        }
    }

    /// With this momentum, at least 0 and below 1.
    pub fn momentum(self, momentum: f64) -> Self {
        Sgd { momentum, ..self }
    }

    /// With the gradient taken where the momentum leads.
    pub fn nesterov(self) -> Self {
        Sgd { nesterov: true, ..self }
    }
}

impl<E: Element> Optimiser<E> for Sgd<E> {
    fn step(&mut self, params: &mut [E], gradient: &[E]) -> Result<(), Error> {
        check_step(params, gradient, self.len)?;
        check_setting::<E>("learning rate", self.learning_rate, f64::INFINITY)?;
        check_setting::<E>("momentum", self.momentum, 1.0)?;
        if params.is_empty() {
            return Ok(());
        }
        let [rate, momentum] = [self.learning_rate, self.momentum].map(E::from_f64);
        if self.momentum == 0.0 {
            let stepped = |param: E, g: E| param - rate * g;
            check_stepped(params.iter().zip(gradient).map(|(&param, &g)| stepped(param, g)))?;
            for (param, &g) in params.iter_mut().zip(gradient) {
                *param = stepped(*param, g);
            }
        } else {
            let nesterov = self.nesterov;
            let stepped = |param: E, g: E, v: E| {
                let v = momentum * v + g;
                (param - rate * if nesterov { g + momentum * v } else { v }, v)
            };
            self.velocity.resize(params.len(), E::zero());
            let old = params.iter().zip(gradient).zip(&self.velocity);
            check_stepped(old.map(|((&param, &g), &v)| {
                let (param, v) = stepped(param, g, v);
                // Zero times a finite number is zero.
                param + E::zero() * v
            }))?;
            for ((param, &g), v) in params.iter_mut().zip(gradient).zip(&mut self.velocity) {
                (*param, *v) = stepped(*param, g, *v);
            }
        }
        self.len = params.len();
        self.steps = self.steps.saturating_add(1);
        Ok(())
    }

    fn state(&self) -> State<E> {
        // A first step that is refused leaves zeros.
        let none = self.len == 0 || self.velocity.is_empty();
        let vectors = if none { Vec::new() } else { vec![self.velocity.clone()] };
        State { steps: self.steps, len: self.len, vectors }
    }

    fn restore(&mut self, state: State<E>) -> Result<(), Error> {
        state.check(usize::from(self.momentum != 0.0 && state.len != 0))?;
        self.steps = state.steps;
        self.len = state.len;
        self.velocity = state.vectors.into_iter().next().unwrap_or_default();
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, rate: f64) {
        self.learning_rate = rate;
    }
}

/// Refuses a step that would make one of these values, of which there is one for each parameter,
/// infinite or NaN.
fn check_stepped<E: Element>(mut values: impl Iterator<Item = E> + Clone) -> Result<(), Error> {
    // Without a way out of the loop it runs on vectors.
    if values.clone().fold(true, |finite, value| finite & value.is_finite()) {
        return Ok(());
    }
    let index = values.position(|value| !value.is_finite()).unwrap_or_default();
    Err(Error::NotFinite { what: "what the step leads to".into(), index })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three steps of gradient 1 and learning rate 0.5 from 0.
    fn walk(mut sgd: Sgd<f64>) -> Vec<f64> {
        let mut p = [0.0];
        (0..3)
            .map(|_| {
                sgd.step(&mut p, &[1.0]).unwrap();
                p[0]
            })
            .collect()
    }

    #[test]
    fn steps_follow_the_formulas() {
        assert_eq!(walk(Sgd::new(0.5)), [-0.5, -1.0, -1.5]);
        // v = 1, 1.5, 1.75
        assert_eq!(walk(Sgd::new(0.5).momentum(0.5)), [-0.5, -1.25, -2.125]);
        // g + m v = 1.5, 1.75, 1.875
        assert_eq!(walk(Sgd::new(0.5).momentum(0.5).nesterov()), [-0.75, -1.625, -2.5625]);
    }

    #[test]
    fn a_step_out_of_the_range_changes_nothing() {
        for fresh in [Sgd::new(1e-3).momentum(0.9), Sgd::new(1e-3).momentum(0.9).nesterov()] {
            let (mut sgd, mut p) = (fresh, [1.0_f32, 2.0]);
            sgd.step(&mut p, &[1.0, 1.5e38]).unwrap();
            let (before, state) = (p, sgd.state());
            let error = sgd.step(&mut p, &[1.0, 3e38]).unwrap_err();
            assert_eq!(error.to_string(), "what the step leads to is not finite at index 1");
            assert_eq!((p, sgd.state()), (before, state.clone()));
            sgd.restore(state).unwrap();
            sgd.step(&mut p, &[1.0, 1.0]).unwrap();
        }
        let (mut sgd, mut p) = (Sgd::new(1e3).momentum(0.9), [1.0_f32]);
        assert!(sgd.step(&mut p, &[3e38]).is_err());
        assert_eq!((p, sgd.state()), ([1.0], State::default()));
        assert!(Sgd::new(1e3).step(&mut p, &[3e38]).is_err());
        assert_eq!(p, [1.0]);
    }

    #[test]
    fn momentum_finds_the_least_of_a_narrow_valley() {
        let mut p = [10.0_f64, 10.0];
        let mut sgd = Sgd::new(0.01).momentum(0.9).nesterov();
        for _ in 0..2000 {
            let gradient = [p[0], 50.0 * p[1]];
            sgd.step(&mut p, &gradient).unwrap();
        }
        assert!(p.iter().all(|v| v.abs() < 1e-6), "{p:?}");
    }
}
