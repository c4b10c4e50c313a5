//! Where a function has a kink or a jump, and on which side of it a forward pass went.
//!
//! A difference quotient over a kink measures something between the slopes of its two sides, so
//! finite differences are compared only where both points lie on the same side of every kink.
//! [`Reference::forward_with_sides`] tells: equal numbers mean equal sides.

use ndarray::{Array2, ArrayView2, ArrayView3, Zip};

use super::{Forward, Reference, elementwise::broadcast};
use crate::element::Element;
use crate::error::Error;
use crate::graph::{Binary, Op, Unary};

impl<E: Element> Reference<'_, E> {
    /// A forward pass, and a hash of the side on which each operand of a function with kinks lies, over
    /// all steps.
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
                    for kink in kinks(f).into_iter().flatten().map(E::from_f64) {
                        values[node.args[0]].iter().for_each(|&u| sides.add(u, kink));
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
        let side = u64::from(a > b) + 2 * u64::from(a < b);
        // The multiplier is odd, so that one other side is always another hash.
        self.0 = self.0.wrapping_mul(0x0100_0000_01b3).wrapping_add(side);
    }
}

/// Where `f` or its first or second derivative jumps.
fn kinks(f: Unary) -> [Option<f64>; 2] {
    match f {
        Unary::Relu
        | Unary::LeakyRelu(_)
        | Unary::Elu(_)
        | Unary::Selu
        | Unary::Softsign
        | Unary::Abs
        | Unary::Sign => [Some(0.0), None],
        Unary::HardSigmoid => [Some(-3.0), Some(3.0)],
        Unary::HardTanh => [Some(-1.0), Some(1.0)],
        Unary::Clamp(low, high) => [Some(low), Some(high)],
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
        | Unary::Sqrt
        | Unary::Rsqrt
        | Unary::Square
        | Unary::Sin
        | Unary::Cos
        | Unary::Recip
        | Unary::Pow(_) => [None, None],
    }
}
