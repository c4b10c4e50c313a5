//! The table of derivatives: from the adjoint `g` of a value to contributions to its operands.
//!
//! A rule is written with the result `y` rather than the operand `x` where both would do: the
//! result is often kept for other reasons. What a rule mentions is what the backward pass needs;
//! the schedule reads it off the graph.
//!
//! | value          | contribution                | needs   |
//! |----------------|-----------------------------|---------|
//! | `f(x)`         | `g` times the slope in `functions/map` | there |
//! | `a + b`        | `g`, `g`                    |         |
//! | `a - b`        | `g`, `-g`                   |         |
//! | `a * b`        | `g * b`, `g * a`            | both    |
//! | `x * x`        | `g * 2 * x`                 | operand |
//! | `a / b`        | `g / b`, `-(g / b * y)`     | both    |
//! | `min(a, b)`    | `g` where `y < b`, or not   | both    |
//! | `max(a, b)`    | `g` where `b < y`, or not   | both    |
//! | `f(a, b)`      | `g` times the slopes in `functions/zip` | there |
//! | a selection    | `g` where it is selected    | first two |
//! | `norm(x)`      | `g * (x / y)`               | both    |
//! | `sum(x)`       | `g` at each position        |         |
//! | `M @ x`        | `M.T @ g`                   |         |
//!
//! A scalar operand beside a vector gets the sum of its contribution.

use super::adjoint::Adjoints;
use super::norm;
use super::steep::Guard;
use crate::functions::{Operand, Slope, Slopes};
use crate::graph::build::Build;
use crate::graph::{GradTerm, Graph, Map, MatrixRef, NodeId, Op, Zip};
use crate::ops::Shape;

/// Hands the adjoint `g` of the value `id` to its operands.
pub(super) fn propagate(
    graph: &mut Graph,
    id: NodeId,
    g: NodeId,
    guard: Guard,
    adjoints: &mut Adjoints,
) {
    let node = graph.node(id).clone();
    if let Some(x) = norm::operand(graph, id) {
        let direction = guard.direction(graph, x, id);
        let contribution = guard.times(graph, g, direction);
        adjoints.add(x, contribution);
        return;
    }
    match node.op {
        Op::Map(function) => {
            let contribution = map(graph, function, node.args[0], id, g, guard);
            adjoints.add(node.args[0], contribution);
        }
        Op::Zip(Zip::Mul) if node.args[0] == node.args[1] => {
            let twice = graph.times_number(g, 2.0);
            let contribution = guard.times(graph, twice, node.args[0]);
            adjoints.add(node.args[0], contribution);
        }
        Op::Zip(function) => {
            let operands = [node.args[0], node.args[1]];
            let contributions = zip(graph, function, operands, id, g, guard);
            add_fitting(graph, operands, contributions, adjoints);
        }
        Op::Select => {
            let [a, b, yes, no] = [0, 1, 2, 3].map(|index| node.args[index]);
            let contributions = choice(graph, [a, b], g);
            add_fitting(graph, [yes, no], contributions, adjoints);
        }
        Op::Sum => {
            let spread = graph.spread(g, graph.shape(node.args[0]));
            adjoints.add(node.args[0], spread);
        }
        Op::Product(matrix) if adjoints.active(node.args[0]) => {
            let contribution = graph.product(matrix.flipped(), g);
            adjoints.add(node.args[0], contribution);
        }
        // Its matrix alone has a gradient.
        Op::Product(_) => {}
        Op::Slice { start } => adjoints.add_part(node.args[0], start, g),
        Op::Concat => parts(graph, node.args, g, adjoints),
        Op::Input(_)
        | Op::Prev(_)
        | Op::Param(_)
        | Op::Const(_)
        | Op::AdjNext(_)
        | Op::AdjOutput
        | Op::AdjCall(_)
        | Op::Residue
        | Op::Largest
        | Op::Unary(_)
        | Op::Reduce(_) => panic!("bug in rnn-codegen: no derivative of {:?}", node.op),
    }
}

/// Each part of a join gets its part of the adjoint.
fn parts(graph: &mut Graph, parts: Vec<NodeId>, g: NodeId, adjoints: &mut Adjoints) {
    let mut start = 0;
    for part in parts {
        let len = graph.shape(part).len();
        let contribution = graph.slice(g, start, len);
        adjoints.add(part, contribution);
        start += len;
    }
}

/// What a product adds to the gradient of its matrix: for `M @ x` the outer product of the adjoint
/// and `x`, for `M.T @ x` that of `x` and the adjoint.
pub(super) fn outer(graph: &Graph, id: NodeId, matrix: MatrixRef, g: NodeId) -> GradTerm {
    let x = graph.node(id).args[0];
    if matrix.transposed {
        GradTerm::Outer { matrix: matrix.flipped(), left: x, right: g }
    } else {
        GradTerm::Outer { matrix, left: g, right: x }
    }
}

/// The contribution to the operand `x` of a lane function with result `y`.
fn map(graph: &mut Graph, function: Map, x: NodeId, y: NodeId, g: NodeId, guard: Guard) -> NodeId {
    let slope = match function.facts().slope {
        Slope::Zero => panic!("bug in rnn-codegen: {function:?} passes no derivative on"),
        Slope::Opposite => return graph.negative(g),
        Slope::Of(slope) => slope(graph, Operand { x, y, number: function.number() }),
        Slope::Inverse if guard.is_plain() => return graph.over(g, x),
        Slope::Inverse => graph.reciprocal(x),
        Slope::HalfInverse => {
            // Where the value is `1 / sqrt(x)`, the reciprocal is there already.
            let half = graph.times_number(g, 0.5);
            let reciprocal = graph.reciprocal(y);
            return guard.times(graph, half, reciprocal);
        }
    };
    guard.times(graph, g, slope)
}

/// The contributions to the operands of a lane function with result `y`.
fn zip(
    graph: &mut Graph,
    function: Zip,
    [a, b]: [NodeId; 2],
    y: NodeId,
    g: NodeId,
    guard: Guard,
) -> [NodeId; 2] {
    match function.facts().slopes {
        Slopes::Sum => [g, g],
        Slopes::Difference => [g, graph.negative(g)],
        Slopes::Product => [guard.times(graph, g, b), guard.times(graph, g, a)],
        Slopes::Quotient => quotient(graph, [a, b], y, g, guard),
        Slopes::Choice(sides) => choice(graph, sides([a, b], y), g),
        Slopes::Of(slopes) => slopes(graph, [a, b]).map(|slope| guard.times(graph, g, slope)),
    }
}

/// `y = a / b`. For `1 / b` two products, no second division; else a division, since the reciprocal
/// of a large number vanishes where the quotient does not.
fn quotient(
    graph: &mut Graph,
    [a, b]: [NodeId; 2],
    y: NodeId,
    g: NodeId,
    guard: Guard,
) -> [NodeId; 2] {
    let reciprocal = matches!(graph.node(a).op, Op::Const(value) if value.0 == 1.0);
    if guard.is_plain() {
        let scaled = if reciprocal { graph.times(g, y) } else { graph.over(g, b) };
        let drop = graph.times(scaled, y);
        return [scaled, graph.negative(drop)];
    }
    if reciprocal {
        let slope = graph.square(y);
        let drop = guard.times(graph, g, slope);
        return [guard.times(graph, g, y), graph.negative(drop)];
    }
    let scaled = guard.over(graph, g, b);
    // The quotient may be infinite.
    let drop = guard.of_infinite().times(graph, scaled, y);
    [scaled, graph.negative(drop)]
}

/// All of `g` to the first operand where `a < b`, else to the second: no product, since what is
/// chosen from may be infinite.
fn choice(graph: &mut Graph, [a, b]: [NodeId; 2], g: NodeId) -> [NodeId; 2] {
    let zero = graph.number(0.0);
    [graph.select([a, b], g, zero), graph.select([a, b], zero, g)]
}

/// Adds contributions of a result's shape to its operands.
fn add_fitting(
    graph: &mut Graph,
    operands: [NodeId; 2],
    contributions: [NodeId; 2],
    adjoints: &mut Adjoints,
) {
    for (operand, contribution) in operands.into_iter().zip(contributions) {
        let fitting = fit(graph, contribution, graph.shape(operand));
        adjoints.add(operand, fitting);
    }
}

/// The sum of a contribution to a scalar that stands beside a vector.
fn fit(graph: &mut Graph, contribution: NodeId, shape: Shape) -> NodeId {
    match shape {
        Shape::Scalar => graph.sum(contribution),
        Shape::Vector(_) | Shape::Matrix(..) => contribution,
    }
}
