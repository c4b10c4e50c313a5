//! What is compared, and how close it must be.

use alloc::{string::String, vec::Vec};

use super::tensors::Kind;
use crate::declaration::graph::{CellGraph, WeightFormat};
use crate::error::Error;
use crate::kernels::element::Element;
use crate::kernels::simd::{Tier, accuracy};

/// How [`verify_with`](super::verify_with) checks a cell. `Options::default()` is what
/// [`verify`](super::verify) uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Length of the sequences, 64; a cell that fixes its length is checked at that one, and one
    /// that needs more than [`work`](Self::work) over fewer steps. Differences are taken over at
    /// most [`DIFFERENCE_STEPS`](Self::DIFFERENCE_STEPS) of them.
    pub steps: usize,
    /// Rows of the largest batch, 9: more than a register tile has, with a rest. Batches of one row
    /// and of half as many are always checked as well.
    pub batch: usize,
    /// Seed of all random values. The same seed gives the same report on the same machine.
    pub seed: u64,
    /// Instruction sets to check, by default all that were compiled in and this machine has.
    pub tiers: Option<Vec<Tier>>,
    /// Largest errors allowed, by default [`Tolerances::of_cell`].
    pub tolerances: Option<Tolerances>,
    /// Ranges (name, low, high) of the random values of inputs, states and parameters by their
    /// names in the declaration. Without one, inputs and states are drawn from `[-1, 1]`, matrices
    /// from `±1/sqrt(columns)`, vectors and scalars from within 0.25 of their initial value. Give
    /// one where a cell is defined on part of the line only, such as `("tau", 0.5, 2.0)` under a
    /// logarithm.
    pub ranges: Vec<(String, f64, f64)>,
    /// The parameters, in the order of [`CellGraph::params`]: trained ones, for instance. Drawn at
    /// random if there are none.
    pub parameters: Option<Vec<f64>>,
    /// Coordinates of each tensor for which a difference quotient is taken, 12; those of a smaller
    /// tensor are all taken. Directions over whole tensors come on top, so each coordinate counts.
    pub coordinates: usize,
    /// How many multiply-adds the comparison with the interpreter may take, and the differences as
    /// many, so that a large cell is checked in seconds: 2^26 where this crate is built with debug
    /// assertions, as in the dev profile, and sixteen times as many elsewhere. What takes more is
    /// checked with fewer draws of inexact values, with one loss of outputs and final states
    /// instead of one of each, along fewer coordinates (at least two) and over fewer steps (at
    /// least three). `u64::MAX` takes all that is asked for.
    pub work: u64,
}

impl Options {
    /// Longest sequence of finite differences, which need a forward pass for each value.
    pub const DIFFERENCE_STEPS: usize = 6;

    /// The range given for a name.
    pub(super) fn range(&self, name: &str) -> Option<(f64, f64)> {
        let (_, low, high) = self.ranges.iter().find(|(known, ..)| known == name)?;
        Some((*low, *high))
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            steps: 64,
            batch: 9,
            seed: 1,
            tiers: None,
            tolerances: None,
            ranges: Vec::new(),
            parameters: None,
            coordinates: 12,
            work: if cfg!(debug_assertions) { 1 << 26 } else { 1 << 30 },
        }
    }
}

/// Largest errors allowed. An error is the largest difference in a tensor over the largest entry of
/// that tensor; a gradient's is over a hundredth of the largest entry of all gradients where that
/// is more, because rounding is relative to what flows through the cell, and a gradient may cancel
/// to nothing. Where all entries are so small that the kernels, which count numbers below the
/// smallest normal one as zero, have lost them, the error is over the smallest normal number with
/// all its digits.
///
/// The first two are widened, at most a hundredfold, for cells in which rounding shows: where
/// values inexact by half a unit in the last place change a result (of the interpreter, in `f64`)
/// by more than a sixteenth of its tolerance, sixteen times that change is allowed, and where the
/// interpreter in the cell's scalar type is off by more than an eighth, eight times that; that of
/// `f64`, which is the exact one, is taken to be as far off in units in the last place as that of
/// `f32`. Sixteen units in the last place of the largest value of a run are allowed to any other.
/// Of values that are rounding and nothing else, as the mean of normalised values is, four times as
/// many are, whatever part of the values that is. The report states what was allowed in each row.
///
/// For cells with `activations fast;` the interpreter has the same approximations, so that these
/// bounds hold for them as for all others; the report says what the approximations change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    /// Generated outputs and final states against the interpreter's in `f64`.
    pub forward: f64,
    /// Generated gradients against the interpreter's in `f64`.
    pub gradient: f64,
    /// The interpreter's gradients against central differences, both in `f64`.
    pub difference: f64,
}

impl Tolerances {
    /// Those of the cell's scalar type; forwards at least four times the bound of whole sequences
    /// in [`accuracy`] where its declaration asks for weights of half width.
    pub fn of_cell<E: Element>(graph: &CellGraph) -> Self {
        let tolerances = Tolerances::of::<E>();
        let weights = match graph.weights {
            WeightFormat::Full => 0.0,
            WeightFormat::F16 => 4.0 * accuracy::SEQUENCE_F16,
            WeightFormat::Bf16 => 4.0 * accuracy::SEQUENCE_BF16,
        };
        Tolerances { forward: tolerances.forward.max(weights), ..tolerances }
    }

    /// That they are bounds.
    pub(super) fn legal(self) -> Result<(), Error> {
        let all = [self.forward, self.gradient, self.difference];
        match all.into_iter().find(|bound| !(*bound >= 0.0 && bound.is_finite())) {
            None => Ok(()),
            Some(bound) => Err(Error::Value {
                what: "a tolerance".into(),
                expected: "a finite number, not below zero".into(),
                found: alloc::format!("{bound}"),
            }),
        }
    }

    /// The one that values or gradients of this kind are held against.
    pub(super) fn of_kind(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Output | Kind::FinalState => self.forward,
            Kind::Parameter | Kind::Input | Kind::InitialState => self.gradient,
        }
    }

    /// For cells of `f32`: 1e-5 forwards and 1e-4 for gradients, over 64 steps of 64 units. For
    /// cells of `f64`: 1e-12 for both. Differences: 1e-6.
    pub fn of<E: Element>() -> Self {
        // Half the digits of f32 and more of f64: the types are told apart by their precision.
        let single = E::epsilon().as_f64() > 1e-10;
        let (forward, gradient) = if single { (1e-5, 1e-4) } else { (1e-12, 1e-12) };
        Tolerances { forward, gradient, difference: 1e-6 }
    }
}
