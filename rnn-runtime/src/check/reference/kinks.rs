//! Where a function has a kink or a jump, and on which side of it a forward pass went.
//!
//! A difference quotient over a kink measures something between the slopes of its two sides, so
//! finite differences are compared only where both points lie on the same side of every kink.
//! [`Reference::forward_with_sides`] tells: equal numbers mean equal sides.

use ndarray::{Array2, ArrayView2, ArrayView3, Zip};

use super::{Forward, Reference, elementwise::broadcast};
use crate::declaration::graph::{Binary, Op, Unary};
use crate::error::Error;
use crate::kernels::element::Element;

impl<E: Element> Reference<'_, E> {
    /// A forward pass, and a hash of the side on which each operand of a function with kinks lies,
    /// over all steps.
    pub(crate) fn forward_with_sides(
        &self,
        inputs: &[ArrayView3<'_, E>],
        initial: &[ArrayView2<'_, E>],
    ) -> Result<(Forward<E>, u64), Error> {
        let (steps, batch) = self.sizes(inputs)?;
        let states = self.initial(initial, batch)?;
        let mut sides = Sides(0);
        let forward =
            self.run(inputs, states, (steps, batch), |values| self.sides(&values, &mut sides));
        Ok((forward, sides.0))
    }

    /// Adds those of one step, given the values of its nodes.
    fn sides(&self, values: &[Array2<E>], sides: &mut Sides) {
        for (node, value) in self.graph.nodes.iter().zip(values) {
            match node.op {
                Op::Unary(f) => {
                    let mut at = |kink: f64| {
                        let kink = E::from_f64(kink);
                        values[node.args[0]].iter().for_each(|&u| sides.add(u, kink));
                    };
                    match kinks(f) {
                        Kinks::None => {}
                        Kinks::One(kink) => at(kink),
                        Kinks::Two(low, high) => [low, high].into_iter().for_each(at),
                        Kinks::Steps => value.iter().for_each(|&y| sides.step(y)),
                    }
                }
                Op::Binary(Binary::Min | Binary::Max) => {
                    let operand = |i: usize| broadcast(&values[node.args[i]], value.dim());
                    Zip::from(operand(0)).and(operand(1)).for_each(|&a, &b| sides.add(a, b));
                }
                _ => {}
            }
        }
    }
}

/// A hash of sides.
struct Sides(u64);

impl Sides {
    /// Adds the side of `b` on which `a` lies.
    fn add<E: Element>(&mut self, a: E, b: E) {
        self.side(u64::from(a > b) + 2 * u64::from(a < b));
    }

    /// Adds the step of a function that has the value `y` there alone.
    fn step<E: Element>(&mut self, y: E) {
        self.side(y.as_f64().to_bits());
    }

    fn side(&mut self, side: u64) {
        // The multiplier is odd, so that one other side is always another hash.
        self.0 = self.0.wrapping_mul(0x0100_0000_01b3).wrapping_add(side);
    }
}

/// Where a function or its first or second derivative jumps.
enum Kinks {
    None,
    One(f64),
    Two(f64, f64),
    /// Between steps of one value each, another for each step.
    Steps,
}

fn kinks(f: Unary) -> Kinks {
    match f {
        Unary::Relu
        | Unary::LeakyRelu(_)
        | Unary::Elu(_)
        | Unary::Selu
        | Unary::Softsign
        | Unary::Abs
        | Unary::Sign => Kinks::One(0.0),
        Unary::HardSigmoid => Kinks::Two(-3.0, 3.0),
        Unary::HardTanh => Kinks::Two(-1.0, 1.0),
        Unary::Clamp(low, high) => Kinks::Two(low, high),
        Unary::Floor | Unary::Round => Kinks::Steps,
        Unary::Neg
        | Unary::Sigmoid
        | Unary::Tanh
        | Unary::Gelu
        | Unary::GeluTanh
        | Unary::Silu
        | Unary::Mish
        | Unary::Softplus
        | Unary::LogSigmoid
        | Unary::Exp
        | Unary::Log
        | Unary::Log1p
        | Unary::Sqrt
        | Unary::Rsqrt
        | Unary::Square
        | Unary::Sin
        | Unary::Cos
        | Unary::Atan
        | Unary::Recip
        | Unary::Pow(_) => Kinks::None,
    }
}
