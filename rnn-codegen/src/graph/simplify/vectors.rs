//! Rules about scalars among vectors, and about joining and cutting vectors.
//!
//! A vector is *uniform* if it is a constant, or a scalar spread over its shape (times a vector of
//! ones).

use super::{Simple, zipped};
use crate::graph::build::Build;
use crate::graph::{Map, Node, NodeId, Op, Zip};
use crate::ops::{Number, Shape};

impl Simple {
    /// Whether the value is a scalar spread over a vector: a form that stays, its scalar is simple
    /// already.
    pub(super) fn is_spread(&self, node: &Node) -> bool {
        let (Op::Zip(Zip::Mul), [scalar, ones]) = (&node.op, &node.args[..]) else { return false };
        self.is_scalar(*scalar)
            && self.constant(*scalar).is_none()
            && !self.is_scalar(*ones)
            && self.constant(*ones) == Some(1.0)
    }

    /// The scalar that a uniform value holds at each position.
    fn uniform(&mut self, id: NodeId) -> Option<NodeId> {
        if self.shape(id) == Shape::Scalar {
            return Some(id);
        }
        if let Op::Const(Number(value)) = self.node(id).op {
            return Some(self.number(value));
        }
        let node = self.node(id);
        self.is_spread(node).then(|| node.args[0])
    }

    fn is_scalar(&self, id: NodeId) -> bool {
        self.shape(id) == Shape::Scalar
    }

    /// Whether the value is a vector's deviations from their mean as `expand` writes them:
    /// `t u - t sum(u) / n`.
    fn is_deviation(&mut self, id: NodeId) -> bool {
        let Some((scaled, mean)) = self.operands(id, Zip::Sub) else { return false };
        let Some((a, b)) = self.operands(scaled, Zip::Mul) else { return false };
        let (vector, scale) = if self.is_scalar(a) { (b, a) } else { (a, b) };
        if self.is_scalar(vector) || !self.is_scalar(scale) {
            return false;
        }
        // The same written again is the same node.
        let loose = std::mem::take(&mut self.loose);
        let expected = self.mean_of_shares(vector);
        let expected = self.times(expected, scale);
        self.loose = loose;
        mean == expected
    }

    /// Whether the value is deviations, maybe times scalars.
    fn is_deviations(&mut self, id: NodeId) -> bool {
        match self.operands(id, Zip::Mul) {
            Some((a, b)) if self.is_scalar(a) => self.is_deviations(b),
            Some((a, b)) if self.is_scalar(b) => self.is_deviations(a),
            _ => self.is_deviation(id),
        }
    }
}

/// Lane functions of uniform values are computed on scalars; beside a vector, a uniform operand is
/// a scalar.
pub(super) fn uniform_operands(s: &mut Simple, node: &Node) -> Option<NodeId> {
    if node.shape == Shape::Scalar {
        return None;
    }
    if let Op::Map(map) = node.op {
        let scalar = s.uniform(node.args[0])?;
        let value = s.map(map, scalar);
        return Some(s.spread(value, node.shape));
    }
    if node.op == Op::Select {
        return uniform_selection(s, node);
    }
    let (zip, a, b) = zipped(node)?;
    match (s.uniform(a), s.uniform(b)) {
        (Some(a), Some(b)) => {
            let value = s.zip(zip, a, b);
            Some(s.spread(value, node.shape))
        }
        (Some(scalar), None) if !s.is_scalar(a) => Some(s.zip(zip, scalar, b)),
        (None, Some(scalar)) if !s.is_scalar(b) => Some(s.zip(zip, a, scalar)),
        (Some(_), None) | (None, Some(_)) | (None, None) => None,
    }
}

/// The same of a selection.
fn uniform_selection(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let scalars: Vec<NodeId> = node.args.iter().map(|&arg| s.uniform(arg).unwrap_or(arg)).collect();
    let value = (scalars != node.args)
        .then(|| s.select([scalars[0], scalars[1]], scalars[2], scalars[3]))?;
    Some(s.spread(value, node.shape))
}

/// The sum, the largest entry and a part of a spread scalar.
pub(super) fn reduced_uniform(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Op::Sum | Op::Residue | Op::Largest | Op::Slice { .. }) = node.op else { return None };
    let arg = node.args[0];
    let scalar = s.uniform(arg)?;
    if let Op::Sum | Op::Residue = node.op {
        let len = s.shape(arg).len() as f64;
        return Some(s.times_number(scalar, len));
    }
    Some(s.spread(scalar, node.shape))
}

/// `sum(v * s)` is `sum(v) * s` for a scalar, `sum(-v)` is `-sum(v)`.
pub(super) fn scalar_factor_leaves_sum(s: &mut Simple, node: &Node) -> Option<NodeId> {
    if node.op != Op::Sum {
        return None;
    }
    let arg = s.node(node.args[0]).clone();
    if arg.op == Op::Map(Map::Neg) {
        let sum = s.sum(arg.args[0]);
        return Some(s.negative(sum));
    }
    let (Zip::Mul, a, b) = zipped(&arg)? else { return None };
    let (vector, scalar) = match (s.is_scalar(a), s.is_scalar(b)) {
        (true, false) => (b, a),
        (false, true) => (a, b),
        (true, true) | (false, false) => return None,
    };
    let sum = s.sum(vector);
    Some(s.times(sum, scalar))
}

/// Deviations from a mean add up to what rounding left of them: with that the sum of a layer norm's
/// adjoint is known before their factor is.
pub(super) fn deviations_leave_sum(s: &mut Simple, node: &Node) -> Option<NodeId> {
    if node.op != Op::Sum {
        return None;
    }
    let arg = node.args[0];
    if s.is_deviation(arg) {
        return Some(s.residue(arg));
    }
    let (zip @ (Zip::Add | Zip::Sub), a, b) = zipped(s.node(arg))? else { return None };
    if s.is_scalar(a) || s.is_scalar(b) || !(s.is_deviations(a) || s.is_deviations(b)) {
        return None;
    }
    let (a, b) = (s.sum(a), s.sum(b));
    Some(s.zip(zip, a, b))
}

/// `(v * s) * t` is `v * (s * t)` for scalars: one lane operation less.
pub(super) fn scalar_factors_gather(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let (Zip::Mul, a, b) = zipped(node)? else { return None };
    let (inner, outer) = match (s.is_scalar(a), s.is_scalar(b)) {
        (true, false) => (b, a),
        (false, true) => (a, b),
        (true, true) | (false, false) => return None,
    };
    let (c, d) = s.operands(inner, Zip::Mul)?;
    let (vector, scalar) = match (s.is_scalar(c), s.is_scalar(d)) {
        (true, false) => (d, c),
        (false, true) => (c, d),
        (true, true) | (false, false) => return None,
    };
    let both = s.times(outer, scalar);
    Some(s.times(vector, both))
}

/// A join of one is that one; joins in joins are flat; neighbouring parts of one vector are one
/// part.
pub(super) fn joined(s: &mut Simple, node: &Node) -> Option<NodeId> {
    if node.op != Op::Concat {
        return None;
    }
    let mut parts: Vec<NodeId> = Vec::new();
    for &arg in &node.args {
        let inner = s.node(arg);
        let pieces = if inner.op == Op::Concat { inner.args.clone() } else { vec![arg] };
        for piece in pieces {
            match parts.last().and_then(|&last| neighbours(s, last, piece)) {
                Some(both) => *parts.last_mut()? = both,
                None => parts.push(piece),
            }
        }
    }
    (parts != node.args).then(|| s.concat(parts))
}

/// Two vectors in one: parts of a vector that meet, or equal constants.
fn neighbours(s: &mut Simple, left: NodeId, right: NodeId) -> Option<NodeId> {
    let (a, b) = (s.node(left).clone(), s.node(right).clone());
    let len = a.shape.len() + b.shape.len();
    match (&a.op, &b.op) {
        (Op::Slice { start }, Op::Slice { start: next })
            if a.args == b.args && start + a.shape.len() == *next =>
        {
            Some(s.insert(Op::Slice { start: *start }, a.args, Shape::Vector(len)))
        }
        (Op::Const(x), Op::Const(y)) if x == y => Some(s.fill(x.0, Shape::Vector(len))),
        _ => None,
    }
}

/// A part of the whole length is the vector; a part of a part is one part; a part of a join is a
/// join of parts.
pub(super) fn cut(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let Op::Slice { start } = node.op else { return None };
    let arg = node.args[0];
    if s.shape(arg) == node.shape {
        return Some(arg);
    }
    let inner = s.node(arg).clone();
    if let Op::Slice { start: first } = inner.op {
        return Some(s.slice(inner.args[0], first + start, node.shape.len()));
    }
    if inner.op != Op::Concat {
        return None;
    }
    let touched = s.touched(&inner.args, start, node.shape.len());
    let parts = touched.into_iter().map(|(part, from, len)| s.slice(part, from, len));
    let parts = parts.collect();
    Some(s.concat(parts))
}

/// A matrix times zero is zero.
pub(super) fn product_of_zero(s: &mut Simple, node: &Node) -> Option<NodeId> {
    let Op::Product(_) = node.op else { return None };
    (s.constant(node.args[0]) == Some(0.0)).then(|| s.fill(0.0, node.shape))
}
