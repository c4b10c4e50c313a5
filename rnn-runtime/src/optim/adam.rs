//! Adam.

use super::{Optimiser, check_setting, check_step};
use crate::element::Element;
use crate::error::Error;

/// Adam (Kingma and Ba 2015, algorithm 1), bias-corrected.
///
/// With gradient `g`, learning rate `r`, decay rates `b1`, `b2` and step number `t` from 1:
///
/// ```text
/// m = b1 m + (1 - b1) g        (m = v = 0 before the first step)
/// v = b2 v + (1 - b2) g^2
/// p = p - r m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon)
/// ```
///
/// The first step of each parameter is `r` long whatever the size of its gradient.
#[derive(Debug, Clone)]
pub struct Adam<E> {
    learning_rate: f64,
    betas: [f64; 2],
    epsilon: f64,
    steps: i32,
    mean: Vec<E>,
    square: Vec<E>,
}

impl<E: Element> Adam<E> {
    /// With the paper's settings: decay rates 0.9 and 0.999, epsilon 1e-8.
    pub fn new(learning_rate: f64) -> Self {
        Adam {
            learning_rate,
            betas: [0.9, 0.999],
            epsilon: 1e-8,
            steps: 0,
            mean: Vec::new(),
            square: Vec::new(),
        }
    }

    /// With these decay rates of the gradient's mean and mean square, each at least 0 and below 1.
    pub fn betas(self, mean: f64, square: f64) -> Self {
        Adam { betas: [mean, square], ..self }
    }

    /// With this number added to the root of the mean square.
    pub fn epsilon(self, epsilon: f64) -> Self {
        Adam { epsilon, ..self }
    }
}

impl<E: Element> Optimiser<E> for Adam<E> {
    fn step(&mut self, params: &mut [E], gradient: &[E]) -> Result<(), Error> {
        check_step(params, gradient, &self.mean)?;
        check_setting("learning rate", self.learning_rate, f64::INFINITY)?;
        check_setting("decay rate of the mean", self.betas[0], 1.0)?;
        check_setting("decay rate of the mean square", self.betas[1], 1.0)?;
        check_setting("epsilon", self.epsilon, f64::INFINITY)?;
        self.mean.resize(params.len(), E::zero());
        self.square.resize(params.len(), E::zero());
        self.steps = self.steps.saturating_add(1);
        let corrections = self.betas.map(|beta| 1.0 - beta.powi(self.steps));
        let rate = E::from_f64(self.learning_rate / corrections[0]);
        let root = E::from_f64(corrections[1].sqrt().recip());
        // Never zero, so that no gradient, no change, holds without epsilon too.
        let epsilon = E::from_f64(self.epsilon).max(E::min_positive_value());
        let keep = self.betas.map(E::from_f64);
        let take = self.betas.map(|beta| E::from_f64(1.0 - beta));
        let state = self.mean.iter_mut().zip(&mut self.square);
        for ((param, &g), (m, v)) in params.iter_mut().zip(gradient).zip(state) {
            *m = keep[0] * *m + take[0] * g;
            *v = keep[1] * *v + take[1] * g * g;
            *param -= rate * *m / (v.sqrt() * root + epsilon);
        }
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, rate: f64) {
        self.learning_rate = rate;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_has_the_length_of_the_learning_rate() {
        let mut p = [0.0_f64; 3];
        Adam::new(0.01).step(&mut p, &[1e-3, -5.0, 1e6]).unwrap();
        for (found, expected) in p.iter().zip([-0.01, 0.01, -0.01]) {
            assert!((found / expected - 1.0).abs() < 1e-4, "{found}");
        }
    }

    #[test]
    fn steps_follow_the_formulas() {
        let (rate, b1, b2, epsilon) = (0.1_f64, 0.8_f64, 0.95_f64, 1e-3_f64);
        let gradients = [0.5_f64, -1.0, 2.0, 0.25];
        let (mut m, mut v, mut expected) = (0.0, 0.0, 1.0);
        let mut adam = Adam::new(rate).betas(b1, b2).epsilon(epsilon);
        let mut p = [1.0];
        for (t, g) in (1..).zip(gradients) {
            m = b1 * m + (1.0 - b1) * g;
            v = b2 * v + (1.0 - b2) * g * g;
            let corrected = v / (1.0 - b2.powi(t));
            expected -= rate * (m / (1.0 - b1.powi(t))) / (corrected.sqrt() + epsilon);
            adam.step(&mut p, &[g]).unwrap();
            assert!((p[0] - expected).abs() < 1e-15, "step {t}: {} not {expected}", p[0]);
        }
    }

    #[test]
    fn a_tiny_gradient_does_not_vanish_in_f32() {
        // Its square underflows to zero, so epsilon alone is the denominator.
        let mut p = [0.0_f32];
        Adam::new(0.1).step(&mut p, &[1e-30]).unwrap();
        assert!(p[0] < 0.0 && p[0].is_finite());
        let mut adam = Adam::new(0.1).epsilon(0.0);
        adam.step(&mut p, &[0.0]).unwrap();
        assert!(p[0].is_finite());
    }
}
