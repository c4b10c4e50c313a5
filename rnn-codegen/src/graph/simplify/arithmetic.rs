//! Rules about signs: they move outwards, until an addition or another sign takes them in.

use super::{Simple, zipped};
use crate::graph::build::Build;
use crate::graph::{Map, Node, NodeId, Op, Zip};

impl Simple {
    /// `x`, if the value is `-x`.
    fn negated(&self, id: NodeId) -> Option<NodeId> {
        let node = self.node(id);
        (node.op == Op::Map(Map::Neg)).then(|| node.args[0])
    }
}

/// `-(-x)` is `x`, `-(x * c)` is `x * (-c)` for a constant.
pub(super) fn negative_of(s: &mut Simple, node: &Node) -> Option<NodeId> {
    if node.op != Op::Map(Map::Neg) {
        return None;
    }
    let arg = node.args[0];
    if let Some(x) = s.negated(arg) {
        return Some(x);
    }
    let (x, c) = s.operands(arg, Zip::Mul)?;
    let value = s.constant(c)?;
    let opposite = s.fill(-value, s.shape(c));
    Some(s.times(x, opposite))
}

/// `a + (-b)` is `a - b`, `(-a) + b` is `b - a`.
pub(super) fn negative_addend(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Add, a, b) = zipped(node)? else { return None };
    match (s.negated(a), s.negated(b)) {
        (_, Some(b)) => Some(s.minus(a, b)),
        (Some(a), None) => Some(s.minus(b, a)),
        (None, None) => None,
    }
}

/// `a - (-b)` is `a + b`.
pub(super) fn negative_subtrahend(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Sub, a, b) = zipped(node)? else { return None };
    let b = s.negated(b)?;
    Some(s.plus(a, b))
}

/// `-(a - b)` is `b - a`, but for the sign of a zero.
pub(super) fn negative_of_difference(s: &mut Simple, node: &Node) -> Option<NodeId> {
    if node.op != Op::Map(Map::Neg) {
        return None;
    }
    let (a, b) = s.operands(node.args[0], Zip::Sub)?;
    Some(s.minus(b, a))
}

/// `(-a) - b` is `-(a + b)`, but for the sign of a zero.
pub(super) fn negative_of_sum(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Sub, a, b) = zipped(node)? else { return None };
    let a = s.negated(a)?;
    let sum = s.plus(a, b);
    Some(s.negative(sum))
}

/// `(-a) * b` is `-(a * b)`, and so for either operand and for quotients.
pub(super) fn negative_factor(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (zip @ (Zip::Mul | Zip::Div), a, b) = zipped(node)? else { return None };
    let (a, b) = match (s.negated(a), s.negated(b)) {
        (Some(a), _) => (a, b),
        (None, Some(b)) => (a, b),
        (None, None) => return None,
    };
    let value = s.zip(zip, a, b);
    Some(s.negative(value))
}

/// `c - (c - x)` is `x` for a constant: `1 - (1 - z)`.
pub(super) fn complement_twice(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Sub, c, inner) = zipped(node)? else { return None };
    s.constant(c)?;
    let (same, x) = s.operands(inner, Zip::Sub)?;
    (same == c && s.shape(x) == node.shape).then_some(x)
}

/// `x + x` is `x * 2`.
pub(super) fn doubled(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Add, a, b) = zipped(node)? else { return None };
    (a == b).then(|| s.times_number(a, 2.0))
}
