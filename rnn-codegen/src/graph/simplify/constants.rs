//! Rules about numbers. A constant stands last among operands that may be swapped.

use super::{Simple, zipped};
use crate::graph::build::Build;
use crate::graph::{Map, Node, NodeId, Op, Zip};

/// A function of constants is a constant.
pub(super) fn fold(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let values: Vec<f64> = node.args.iter().map(|&arg| s.constant(arg)).collect::<Option<_>>()?;
    let value = match (&node.op, &values[..]) {
        (Op::Map(map), [x]) => map_of(*map, *x)?,
        (Op::Zip(zip), [a, b]) => zip_of(*zip, *a, *b),
        _ => return None,
    };
    Some(s.fill(value, node.shape))
}

/// `None` where the standard library has no such function.
fn map_of(map: Map, x: f64) -> Option<f64> {
    Some(match map {
        Map::Neg => -x,
        Map::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        Map::Tanh => x.tanh(),
        Map::Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
        Map::Exp => x.exp(),
        Map::ExpM1 => x.exp_m1(),
        Map::Log => x.ln(),
        Map::Sqrt => x.sqrt(),
        Map::Abs => x.abs(),
        Map::Sign => {
            if x == 0.0 {
                0.0
            } else {
                x.signum()
            }
        }
        Map::Sin => x.sin(),
        Map::Cos => x.cos(),
        Map::Erf => return None,
    })
}

fn zip_of(zip: Zip, a: f64, b: f64) -> f64 {
    match zip {
        Zip::Add => a + b,
        Zip::Sub => a - b,
        Zip::Mul => a * b,
        Zip::Div => a / b,
        Zip::Min => a.min(b),
        Zip::Max => a.max(b),
        Zip::Less => f64::from(a < b),
    }
}

/// A part, a join, the sum or the largest entry of one constant at each position.
pub(super) fn of_uniform(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let value = s.constant(*node.args.first()?)?;
    match node.op {
        Op::Slice { .. } | Op::Largest => Some(s.fill(value, node.shape)),
        Op::Sum => {
            let len = s.shape(node.args[0]).len();
            Some(s.number(value * len as f64))
        }
        Op::Concat => {
            let same = node.args.iter().all(|&arg| s.constant(arg) == Some(value));
            same.then(|| s.fill(value, node.shape))
        }
        _ => None,
    }
}

/// `x + 0`, `x - 0`, `x * 1` and `x / 1` are `x`.
pub(super) fn neutral(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (zip, x, b) = zipped(node)?;
    let value = s.constant(b)?;
    let neutral = match zip {
        Zip::Add | Zip::Sub => value == 0.0,
        Zip::Mul | Zip::Div => value == 1.0,
        Zip::Min | Zip::Max | Zip::Less => false,
    };
    (neutral && s.shape(x) == node.shape).then_some(x)
}

/// `x * 0` and `0 / x` are 0; `0 - x` and `x * -1` are `-x`.
pub(super) fn zero(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (zip, a, b) = zipped(node)?;
    match (zip, s.constant(a), s.constant(b)) {
        (Zip::Mul, _, Some(0.0)) | (Zip::Div, Some(0.0), _) => Some(s.fill(0.0, node.shape)),
        (Zip::Sub, Some(0.0), _) if s.shape(b) == node.shape => Some(s.negative(b)),
        (Zip::Mul, _, Some(-1.0)) if s.shape(a) == node.shape => Some(s.negative(a)),
        _ => None,
    }
}

/// `x / c` is `x * (1 / c)` where no digit is lost: `c` is a power of two.
pub(super) fn exact_division(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Div, x, c) = zipped(node)? else { return None };
    let inverse = 1.0 / s.constant(c)?;
    // A power of two has no digits after the leading one.
    let exact = inverse.is_normal() && inverse.to_bits().trailing_zeros() >= 52;
    if !exact {
        return None;
    }
    let shape = s.shape(c);
    let inverse = s.fill(inverse, shape);
    Some(s.times(x, inverse))
}

/// `x + a + b` is `x + (a + b)`, and so for products.
pub(super) fn gather(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (zip @ (Zip::Add | Zip::Mul), inner, b) = zipped(node)? else { return None };
    s.constant(b)?;
    let (x, a) = s.operands(inner, zip)?;
    s.constant(a)?;
    if s.shape(inner) != node.shape {
        return None;
    }
    let both = s.zip(zip, a, b);
    Some(s.zip(zip, x, both))
}
