//! What a legal graph is, so that evaluation cannot fail.
//!
//! The macro makes legal graphs only; but a [`CellGraph`] is plain data that anyone can write.
//! Shapes are compared by their lengths: a scalar and a vector of one value are the same here.

use alloc::{format, string::String};

use crate::declaration::graph::{CellGraph, Node, Op, Reduce, Shape, total};
use crate::error::{Error, same_count};

/// Checks sizes, parameters and every node of `graph`.
pub(super) fn check(graph: &CellGraph) -> Result<(), Error> {
    let name = graph.name;
    if graph.inputs.is_empty() {
        return Err(value(format!("{name}'s number of inputs"), "at least 1", "0"));
    }
    for port in graph.inputs.iter().chain(graph.states) {
        if port.len == 0 {
            return Err(value(format!("length of {} of {name}", port.name), "at least 1", "0"));
        }
    }
    for param in graph.params {
        let end = param.shape.len().checked_add(param.offset);
        if param.shape.is_empty() || end.is_none_or(|end| end > graph.param_len()) {
            let found = format!("{:?} at {}", param.shape, param.offset);
            let expected = format!("inside the {} flat values", graph.param_len());
            return Err(value(format!("parameter {} of {name}", param.name), expected, found));
        }
    }
    for (id, node) in graph.nodes.iter().enumerate() {
        let label = || format!("node {id} ({:?}) of {name}", node.op);
        if node.args.iter().any(|&a| a >= id) {
            return Err(value(label(), "computed from earlier nodes", format!("{:?}", node.args)));
        }
        let problem = |p: Problem| match p {
            Problem::Operands(n) => Error::Count {
                what: format!("operands of {}", label()).into(),
                expected: n,
                found: node.args.len(),
            },
            Problem::Rule(rule) => {
                value(label(), rule, format!("{:?} of {:?}", node.shape, node.args))
            }
        };
        let len = length(graph, node).map_err(problem)?;
        if len != node.shape.len() || matches!(node.shape, Shape::Matrix(..)) {
            return Err(value(
                format!("shape of {}", label()),
                format!("{len} values"),
                format!("{:?}", node.shape),
            ));
        }
    }
    borders(graph)
}

/// That the output and the next states are nodes of the right lengths (or single values, which fill
/// them).
fn borders(graph: &CellGraph) -> Result<(), Error> {
    let name = graph.name;
    same_count(format_args!("next states of {name}"), graph.states.len(), graph.next.len())?;
    let next = graph.states.iter().zip(graph.next).map(|(s, &node)| (s.name, s.len, node));
    for (what, len, node) in next.chain([("the output", graph.output_len, graph.output)]) {
        let found = graph.nodes.get(node).map(|n| n.shape.len());
        if found != Some(len) && found != Some(1) {
            return Err(value(
                format!("node {node} for {what} of {name}"),
                format!("{len} values"),
                found.map_or(String::from("missing"), |n| format!("{n} values")),
            ));
        }
    }
    Ok(())
}

enum Problem {
    /// The number of operands the operation needs.
    Operands(usize),
    /// What the operands must be.
    Rule(&'static str),
}

/// The length of what `node` computes, from its operation and its operands.
fn length(graph: &CellGraph, node: &Node) -> Result<usize, Problem> {
    let arg = |i: usize| graph.nodes[node.args[i]].shape.len();
    let arity = |n: usize| if node.args.len() == n { Ok(()) } else { Err(Problem::Operands(n)) };
    match node.op {
        Op::Input(_) | Op::Prev(_) | Op::Param(_) | Op::Const(_) => {
            arity(0)?;
            leaf_length(graph, node)
        }
        Op::Product { param, transposed } => {
            arity(1)?;
            let Some(Shape::Matrix(rows, columns)) = graph.params.get(param).map(|p| p.shape)
            else {
                return Err(Problem::Rule("a product with an existing matrix parameter"));
            };
            let (rows, columns) = if transposed { (columns, rows) } else { (rows, columns) };
            ensure(arg(0) == columns, "a product with an operand as long as the matrix is wide")?;
            Ok(rows)
        }
        Op::Concat => {
            ensure(!node.args.is_empty(), "a concatenation of at least one operand")?;
            Ok(total((0..node.args.len()).map(arg)))
        }
        Op::Slice { start } => {
            arity(1)?;
            let end = start.checked_add(node.shape.len());
            ensure(end.is_some_and(|end| end <= arg(0)), "a slice inside its operand")?;
            Ok(node.shape.len())
        }
        Op::Unary(_) | Op::Reduce(Reduce::Softmax) => arity(1).map(|()| arg(0)),
        Op::Binary(_) => {
            arity(2)?;
            let (a, b) = (arg(0), arg(1));
            ensure(a == b || a == 1 || b == 1, "of operands of one length, or a scalar")?;
            Ok(a.max(b))
        }
        Op::Reduce(Reduce::Dot) => {
            arity(2)?;
            ensure(arg(0) == arg(1), "an inner product of vectors of one length")?;
            Ok(1)
        }
        Op::Reduce(Reduce::Sum | Reduce::Mean | Reduce::Norm) => arity(1).map(|()| 1),
        Op::Reduce(Reduce::LayerNorm { .. }) if node.args.len() == 1 => Ok(arg(0)),
        Op::Reduce(Reduce::LayerNorm { .. }) => {
            arity(3)?;
            let fits = |i| arg(i) == arg(0) || arg(i) == 1;
            ensure(fits(1) && fits(2), "with gain and bias as long as the first operand")?;
            Ok(arg(0))
        }
    }
}

/// The length of a node without operands.
fn leaf_length(graph: &CellGraph, node: &Node) -> Result<usize, Problem> {
    match node.op {
        Op::Input(i) => {
            graph.inputs.get(i).map(|p| p.len).ok_or(Problem::Rule("an existing input"))
        }
        Op::Prev(i) => graph.states.get(i).map(|p| p.len).ok_or(Problem::Rule("an existing state")),
        Op::Param(i) => match graph.params.get(i).map(|p| p.shape) {
            Some(shape @ (Shape::Scalar | Shape::Vector(_))) => Ok(shape.len()),
            _ => Err(Problem::Rule("an existing vector or scalar parameter")),
        },
        _ => Ok(node.shape.len()),
    }
}

fn ensure(holds: bool, rule: &'static str) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(Problem::Rule(rule)) }
}

fn value(what: String, expected: impl Into<String>, found: impl Into<String>) -> Error {
    Error::Value { what, expected: expected.into(), found: found.into() }
}
