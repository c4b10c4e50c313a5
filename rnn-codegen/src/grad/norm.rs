//! The norm as one function: its slope is at most 1, but the scale in its expansion takes what is
//! handed down through it out of the range.

use crate::graph::{Graph, Map, NodeId, Op, Zip};

/// `x`, if the value is `norm(x)` as `expand` writes it: the root of the squares of `x * scale`,
/// over `scale`.
pub(super) fn operand(graph: &Graph, id: NodeId) -> Option<NodeId> {
    let operands = |id: NodeId, op: Op| graph.operands(id, &op);
    let &[root, scale] = operands(id, Op::Zip(Zip::Div))? else { return None };
    let lifted = operands(root, Op::Map(Map::Sqrt))?[0];
    let sum = operands(lifted, Op::Select)?[3];
    let &[a, b] = operands(operands(sum, Op::Sum)?[0], Op::Zip(Zip::Mul))? else { return None };
    let &[x, y] = operands(a, Op::Zip(Zip::Mul))? else { return None };
    let is_norm = a == b && [x, y].contains(&scale);
    is_norm.then_some(if x == scale { y } else { x })
}
