//! Where a forward pass overflows or becomes NaN in its scalar type.

use alloc::{format, string::String};

use ndarray::Array2;

use super::Tape;
use crate::declaration::graph::{Binary, Node, Op};
use crate::kernels::element::Element;

impl<E: Element> Tape<'_, '_, E> {
    /// That the pass overflows or becomes NaN, and at which step: the first whose output or states
    /// are infinite or NaN. With the function that first makes NaN of numbers, or the first
    /// infinite value in order of the equations. `None` if there is no such step: values in between
    /// may be infinite, as in `1 / (1 + exp(v))`.
    pub(crate) fn overflow(&self) -> Option<String> {
        let graph = self.reference.graph;
        let results = |values: &[Array2<E>], lost: fn(E) -> bool| {
            let mut nodes = graph.next.iter().chain([&graph.output]);
            nodes.any(|&node| values[node].iter().any(|&v| lost(v)))
        };
        let mut steps = self.steps.iter().enumerate();
        let (step, values) = steps.find(|(_, values)| results(values, |v| !v.is_finite()))?;
        let at = format!("at step {} of {}", step + 1, self.steps.len());
        if results(values, E::is_nan) {
            let mut nodes = graph.nodes.iter().zip(values);
            let what = nodes.find_map(|(node, value)| origin(node, value, values))?;
            return Some(format!("becomes NaN {at}: {what} is NaN in {}", E::NAME));
        }
        let lost = |value: &Array2<E>| value.iter().find(|v| !v.is_finite()).copied();
        let mut nodes = graph.nodes.iter().zip(values);
        let named = nodes.find_map(|(node, value)| Some((node.name?, lost(value)?)));
        let (name, value) = named.or_else(|| Some(("output", lost(&values[graph.output])?)))?;
        Some(format!("overflows {at}: `{name}` is {value} in {}", E::NAME))
    }
}

/// The function that has NaN among its `value` though none of its operands has, with the operands
/// there.
fn origin<E: Element>(node: &Node, value: &Array2<E>, values: &[Array2<E>]) -> Option<String> {
    let ((row, column), _) = value.indexed_iter().find(|(_, v)| v.is_nan())?;
    if node.args.iter().any(|&arg| values[arg].iter().any(|v| v.is_nan())) {
        return None;
    }
    // Single rows and single columns broadcast.
    let operand = |number: usize| {
        let operand = &values[node.args[number]];
        let (rows, columns) = operand.dim();
        operand[[row.min(rows - 1), column.min(columns - 1)]]
    };
    Some(match node.op {
        Op::Unary(f) => format!("`{}` of {}", spelled(&format!("{f:?}")), operand(0)),
        Op::Binary(f) => {
            let sign = match f {
                Binary::Add => "+",
                Binary::Sub => "-",
                Binary::Mul => "*",
                Binary::Div => "/",
                // Those that are called by name.
                _ => ",",
            };
            format!("`{} {sign} {}`", operand(0), operand(1))
        }
        Op::Reduce(f) => format!("`{}` of a vector", spelled(&format!("{f:?}"))),
        Op::Product { .. } => String::from("a product of a matrix and a vector"),
        _ => format!("`{}`", node.name.unwrap_or("an operand")),
    })
}

/// The name of a function in the notation: that of its variant, in small letters with `_` between
/// words.
fn spelled(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars().take_while(char::is_ascii_alphanumeric) {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
