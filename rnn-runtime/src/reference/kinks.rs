//! Where a function has a kink or a jump, and on which side of it a forward pass went.
//!
//! A difference quotient over a kink measures something between the slopes of its two sides, so
//! finite differences are compared only where both points lie on the same side of every kink.
//! [`Tape::sides`] tells: equal numbers mean equal sides.

use core::hash::{Hash, Hasher};
use std::hash::DefaultHasher;

use ndarray::{Array2, Zip};

use super::{Tape, elementwise::broadcast};
use crate::element::Element;
use crate::graph::{Binary, Op, Unary};

impl<E: Element> Tape<'_, '_, E> {
    /// A hash of the side on which each operand of a function with kinks lies, over all steps.
    pub(crate) fn sides(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for values in &self.steps {
            for (node, value) in self.reference.graph.nodes.iter().zip(values) {
                match node.op {
                    Op::Unary(f) => {
                        for kink in kinks(f).into_iter().flatten() {
                            hash_sides(&values[node.args[0]], E::from_f64(kink), &mut hasher);
                        }
                    }
                    Op::Binary(Binary::Min | Binary::Max) => {
                        let operand = |i: usize| broadcast(&values[node.args[i]], value.dim());
                        Zip::from(operand(0)).and(operand(1)).for_each(|&a, &b| {
                            a.partial_cmp(&b).hash(&mut hasher);
                        });
                    }
                    _ => {}
                }
            }
        }
        hasher.finish()
    }
}

fn hash_sides<E: Element>(u: &Array2<E>, kink: E, hasher: &mut DefaultHasher) {
    for &u in u {
        u.partial_cmp(&kink).hash(hasher);
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
