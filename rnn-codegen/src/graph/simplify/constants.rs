//! Rules about numbers. A constant stands last among operands that may be swapped.

use super::{Simple, zipped};
use crate::graph::build::Build;
use crate::graph::{Node, NodeId, Op, Zip};
use crate::ops::Shape;

/// A function of constants is a constant, rounded as the cell's arithmetic would round it.
pub(super) fn fold(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let values: Vec<f64> = node.args.iter().map(|&arg| s.constant(arg)).collect::<Option<_>>()?;
    let values: Vec<f64> = values.into_iter().map(|value| s.round(value)).collect();
    let value = match (&node.op, &values[..]) {
        (Op::Map(map), [x]) if map.is_exact() => map.value(*x),
        (Op::Zip(zip), [a, b]) => zip.value(*a, *b),
        _ => return None,
    };
    Some(s.fill(s.round(value), node.shape))
}

/// A selection between constants is decided, and one between equal values none.
pub(super) fn decided(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Op::Select, [a, b, yes, no]) = (&node.op, &node.args[..]) else { return None };
    let chosen = match (s.constant(*a), s.constant(*b)) {
        (Some(a), Some(b)) if s.round(a) < s.round(b) => *yes,
        (Some(_), Some(_)) => *no,
        _ if yes == no => *no,
        _ => return None,
    };
    let fits = s.shape(chosen) == node.shape || s.shape(chosen) == Shape::Scalar;
    fits.then(|| s.spread(chosen, node.shape))
}

/// A part, a join, the sum or the largest entry of one constant at each position.
pub(super) fn of_uniform(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let value = s.constant(*node.args.first()?)?;
    match node.op {
        Op::Slice { .. } | Op::Largest => Some(s.fill(value, node.shape)),
        Op::Sum | Op::Residue => {
            let len = s.shape(node.args[0]).len();
            Some(s.number(value * len as f64))
        }
        Op::Concat => {
            // Zeros of both signs are not the same, but for adjoints, which are none if they are
            // zero.
            let same = |&arg: &NodeId| {
                let same = |other: f64| match s.loose {
                    true => other == value,
                    false => other.to_bits() == value.to_bits(),
                };
                s.constant(arg).is_some_and(same)
            };
            node.args.iter().all(same).then(|| s.fill(value, node.shape))
        }
        _ => None,
    }
}

/// `x - 0`, `x * 1`, `x / 1` and `x + (-0)` are `x`; `x + 0` is, but for the sign of a zero.
pub(super) fn neutral(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (zip, x, b) = zipped(node)?;
    let value = s.constant(b)?;
    let neutral = match zip {
        Zip::Add => value == 0.0 && (value.is_sign_negative() || s.loose),
        Zip::Sub => value == 0.0 && (value.is_sign_positive() || s.loose),
        Zip::Mul | Zip::Div => value == 1.0,
        _ => false,
    };
    (neutral && s.shape(x) == node.shape).then_some(x)
}

/// `x * -1` is `-x`.
pub(super) fn opposite(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Mul, x, b) = zipped(node)? else { return None };
    (s.constant(b) == Some(-1.0) && s.shape(x) == node.shape).then(|| s.negative(x))
}

/// `x * 0`, `0 / x` and a selection between zeros are 0; `0 - x` is `-x`.
pub(super) fn zero(s: &mut Simple, node: &Node) -> Option<NodeId> {
    if let (Op::Select, &[_, _, yes, no]) = (&node.op, &node.args[..]) {
        let zeros = [yes, no].iter().all(|&id| s.constant(id) == Some(0.0));
        return zeros.then(|| s.fill(0.0, node.shape));
    }
    let (zip, a, b) = zipped(node)?;
    match (zip, s.constant(a), s.constant(b)) {
        (Zip::Mul, _, Some(0.0)) | (Zip::Div, Some(0.0), _) => Some(s.fill(0.0, node.shape)),
        (Zip::Sub, Some(0.0), _) if s.shape(b) == node.shape => Some(s.negative(b)),
        _ => None,
    }
}

/// `x / c` is `x * (1 / c)` where no digit is lost: `c` and its inverse are powers of two.
pub(super) fn exact_division(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Div, x, c) = zipped(node)? else { return None };
    let value = s.constant(c)?;
    let inverse = 1.0 / value;
    // A power of two has no digits after the leading one.
    let exact = [value, inverse].iter().all(|&factor| s.is_normal(factor))
        && inverse.to_bits().trailing_zeros() >= 52;
    if !exact {
        return None;
    }
    let shape = s.shape(c);
    let inverse = s.fill(inverse, shape);
    Some(s.times(x, inverse))
}

/// `x + a + b` is `x + (a + b)`, and so for products, while the number stays in range.
pub(super) fn gather(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (zip @ (Zip::Add | Zip::Mul), inner, b) = zipped(node)? else { return None };
    let second = s.constant(b)?;
    let (x, a) = s.operands(inner, zip)?;
    let first = s.constant(a)?;
    if s.shape(inner) != node.shape || !s.is_normal(zip.value(first, second)) {
        return None;
    }
    let both = s.zip(zip, a, b);
    Some(s.zip(zip, x, both))
}
