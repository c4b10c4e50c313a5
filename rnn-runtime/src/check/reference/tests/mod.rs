//! Values against tables, gradients against differences and against loops written by hand.

mod cells;
mod errors;
mod functions;
mod gradients;
mod unary_table;

use ndarray::{Array2, Array3};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::vec::Vec;

/// Values in `[-1, 1]`, fixed by the seed.
struct Draw(Xoshiro256PlusPlus);

impl Draw {
    fn new(seed: u64) -> Self {
        Draw(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    fn one(&mut self) -> f64 {
        self.0.random_range(-1.0..=1.0)
    }

    fn vec(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.one()).collect()
    }

    fn array2(&mut self, shape: (usize, usize)) -> Array2<f64> {
        Array2::from_shape_simple_fn(shape, || self.one())
    }

    fn array3(&mut self, shape: (usize, usize, usize)) -> Array3<f64> {
        Array3::from_shape_simple_fn(shape, || self.one())
    }
}

/// Largest difference of two sequences of one length.
fn distance<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>) -> f64 {
    let (a, b): (Vec<_>, Vec<_>) = (a.into_iter().collect(), b.into_iter().collect());
    assert_eq!(a.len(), b.len());
    a.iter().zip(&b).fold(0.0, |m, (a, b)| {
        let d = (*a - *b).abs();
        if d > m || d.is_nan() { d } else { m }
    })
}
