//! Adam.

use super::{Optimiser, State, check_setting, check_step};
use rnn_runtime::element::Element;
use rnn_runtime::error::Error;

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
/// The first step of each parameter is `r` long, whatever the size of its gradient, as long as that
/// is large beside `epsilon`. Kept is the root of `v`, which is in the range of the scalar type
/// where `v` is not. The vectors of its [`State`] are `m` and `sqrt(v)`.
#[derive(Debug, Clone)]
pub struct Adam<E> {
    learning_rate: f64,
    betas: [f64; 2],
    epsilon: f64,
    steps: u64,
    mean: Vec<E>,
    /// The root of the mean square.
    root: Vec<E>,
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
            root: Vec::new(),
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
        check_step(params, gradient, self.mean.len())?;
        check_setting::<E>("learning rate", self.learning_rate, f64::INFINITY)?;
        check_setting::<E>("decay rate of the mean", self.betas[0], 1.0)?;
        check_setting::<E>("decay rate of the mean square", self.betas[1], 1.0)?;
        check_setting::<E>("epsilon", self.epsilon, f64::INFINITY)?;
        if params.is_empty() {
            return Ok(());
        }
        let steps = self.steps.saturating_add(1);
        let corrections = self.betas.map(|beta| 1.0 - beta.powf(steps as f64));
        let rate = self.learning_rate / corrections[0];
        check_setting::<E>("learning rate of the first steps", rate, f64::INFINITY)?;
        let rate = E::from_f64(rate);
        self.steps = steps;
        self.mean.resize(params.len(), E::zero());
        self.root.resize(params.len(), E::zero());
        let correction = E::from_f64(corrections[1].sqrt().recip());
        // Never zero, so that no gradient, no change, holds without epsilon too.
        let epsilon = E::from_f64(self.epsilon).max(E::min_positive_value());
        let keep = self.betas.map(E::from_f64);
        let take = self.betas.map(|beta| E::from_f64(1.0 - beta));
        let state = self.mean.iter_mut().zip(&mut self.root);
        for ((param, &g), (m, root)) in params.iter_mut().zip(gradient).zip(state) {
            *m = keep[0] * *m + take[0] * g;
            *root = root_of_sum(*root, keep[1], g, take[1]);
            // The quotient first: it is near 1, whatever the gradients are.
            *param -= rate * (*m / (*root * correction + epsilon));
        }
        Ok(())
    }

    fn state(&self) -> State<E> {
        let vectors = if self.mean.is_empty() {
            Vec::new()
        } else {
            vec![self.mean.clone(), self.root.clone()]
        };
        State { steps: self.steps, len: self.mean.len(), vectors }
    }

    fn restore(&mut self, state: State<E>) -> Result<(), Error> {
        state.check(if state.len == 0 { 0 } else { 2 })?;
        if let Some(root) = state.vectors.iter().skip(1).flatten().find(|root| **root < E::zero()) {
            return Err(Error::Value {
                what: "a root of a mean square".into(),
                expected: "not negative".into(),
                found: root.to_string(),
            });
        }
        self.steps = state.steps;
        let mut vectors = state.vectors.into_iter();
        self.mean = vectors.next().unwrap_or_default();
        self.root = vectors.next().unwrap_or_default();
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, rate: f64) {
        self.learning_rate = rate;
    }
}

/// `sqrt(a a p + b b q)`, also where the squares leave the range of the type.
#[inline]
fn root_of_sum<E: Element>(a: E, p: E, b: E, q: E) -> E {
    let largest = a.max(b.abs()).max(E::min_positive_value());
    let (a, b) = (a / largest, b / largest);
    largest * (a * a * p + b * b * q).sqrt()
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

    /// Steps in `E` against the formulas in `f64` on gradients divided by the first, which they do
    /// not depend on.
    fn assert_scaled<E: Element>(scale: f64, bound: f64) {
        let (b1, b2): (f64, f64) = (0.9, 0.999);
        let (mut m, mut v, mut expected) = (0.0, 0.0, 0.0);
        let mut adam = Adam::<E>::new(0.01).epsilon(0.0);
        let mut p = [E::zero()];
        for (t, g) in (1..).zip([1.0, -0.5, 0.25, 0.0, 1.5, -2.0, 0.125]) {
            m = b1 * m + (1.0 - b1) * g;
            v = b2 * v + (1.0 - b2) * g * g;
            let root = (v / (1.0 - b2.powi(t))).sqrt();
            expected -= 0.01 * (m / (1.0 - b1.powi(t))) / root;
            adam.step(&mut p, &[E::from_f64(g * scale)]).unwrap();
            let error = (p[0].as_f64() - expected).abs();
            assert!(error < bound, "{scale:e}, step {t}: {} not {expected}", p[0]);
        }
    }

    #[test]
    fn gradients_may_be_as_large_or_small_as_numbers() {
        for scale in [1e-30, 1e-20, 1.0, 1e21, 1e37] {
            assert_scaled::<f32>(scale, 1e-7);
        }
        for scale in [1e-290, 1e-200, 1.0, 1e200, 1e307] {
            assert_scaled::<f64>(scale, 1e-15);
        }
    }

    #[test]
    fn one_huge_gradient_does_not_stop_a_parameter() {
        let mut p = [0.0_f32];
        let mut adam = Adam::new(0.01);
        adam.step(&mut p, &[1e21]).unwrap();
        assert!((p[0] + 0.01).abs() < 1e-8, "{}", p[0]);
        let first = p[0];
        adam.step(&mut p, &[1.0]).unwrap();
        assert!(p[0] < first);
        // After the huge gradient's share has faded, steps are the ordinary ones.
        let mut adam = Adam::new(0.01).betas(0.5, 0.5);
        adam.step(&mut p, &[1e21]).unwrap();
        (0..400).for_each(|_| adam.step(&mut p, &[1.0]).unwrap());
        let before = p[0];
        adam.step(&mut p, &[1.0]).unwrap();
        assert!((before - p[0] - 0.01).abs() < 1e-6, "{}", before - p[0]);
    }

    #[test]
    fn no_gradient_without_epsilon_is_no_change() {
        let mut p = [0.5_f32];
        Adam::new(0.1).epsilon(0.0).step(&mut p, &[0.0]).unwrap();
        assert_eq!(p, [0.5]);
    }
}
