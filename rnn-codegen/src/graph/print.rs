//! A graph as text, in let-form: what snapshots, messages and documentation show.
//!
//! ```text
//! graph   = { line } { result }
//! line    = value ": " shape " = " expression        in order, operands first
//! value   = name | "%" number                        as declared, else the node's index
//! shape   = "[]" | "[" length "]"                    a scalar, a vector
//! expression = "input" | "previous state" | "parameter"
//!         | "adjoint of " ("next " state | "output" | value " over all steps")
//!         | matrix " @ " value
//!         | "[" value { ", " value } "]"             one after another
//!         | value "[" from ".." to "]"
//!         | function "(" value { ", " value } { ", " setting } ")"
//!         | value " " sign " " value | "-" value
//! matrix  = name [ "[" from ".." to ", " from ".." to "]" ] [ ".T" ]
//!                                                    rows and columns unless it is the whole
//! result  = "next " state " = " value
//!         | "output = " value
//!         | "adjoint " ("prev " state | input) " = " value
//!                                                    left out where zero
//!         | "gradient " matrix " += outer(" value ", " value ")"
//!         | "gradient " value " += " value           at each row, of a call-level value
//!         | "gradient " parameter " += " value " after all steps"
//! ```
//!
//! Constants have no line: they stand where they are used, `2` for a scalar and `2[8]` for a
//! vector.

use std::fmt;

use super::{Backward, Factor, GradTerm, Graph, Map, MatrixRef, NodeId, Op};
use crate::check::cell::Cell;
use crate::functions::Unary;
use crate::ops::{Reduce, Shape};

/// A graph with the cell that it was made from, for its names.
pub(crate) struct Printed<'a> {
    graph: &'a Graph,
    cell: &'a Cell,
}

impl Graph {
    /// The graph in let-form.
    pub(crate) fn display<'a>(&'a self, cell: &'a Cell) -> Printed<'a> {
        Printed { graph: self, cell }
    }
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for id in self.graph.ids() {
            if !matches!(self.graph.node(id).op, Op::Const(_)) {
                writeln!(f, "{}", self.line(id))?;
            }
        }
        for (state, &id) in self.cell.states.iter().zip(&self.graph.next) {
            writeln!(f, "next {} = {}", state.name, self.value(id))?;
        }
        if let Some(id) = self.graph.output {
            writeln!(f, "output = {}", self.value(id))?;
        }
        match &self.graph.backward {
            Some(backward) => self.backward(f, backward),
            None => Ok(()),
        }
    }
}

impl Printed<'_> {
    /// One node: its value, shape and expression.
    pub(crate) fn line(&self, id: NodeId) -> String {
        let shape = shape(self.graph.shape(id));
        format!("{}: {shape} = {}", self.value(id), self.expression(id))
    }

    fn backward(&self, f: &mut fmt::Formatter<'_>, backward: &Backward) -> fmt::Result {
        for (state, id) in self.cell.states.iter().zip(&backward.prev) {
            if let Some(id) = id {
                writeln!(f, "adjoint prev {} = {}", state.name, self.value(*id))?;
            }
        }
        for (input, id) in self.cell.inputs.iter().zip(&backward.inputs) {
            if let Some(id) = id {
                writeln!(f, "adjoint {} = {}", input.name, self.value(*id))?;
            }
        }
        for &term in &backward.terms {
            match term {
                GradTerm::Outer { matrix, left, right } => {
                    let (left, right) = (self.value(left), self.value(right));
                    writeln!(f, "gradient {} += outer({left}, {right})", self.matrix(matrix))?;
                }
                GradTerm::Sum { of, value } => {
                    writeln!(f, "gradient {} += {}", self.value(of), self.value(value))?;
                }
            }
        }
        for &(param, id) in &backward.call {
            let name = &self.cell.params[param].name;
            writeln!(f, "gradient {name} += {} after all steps", self.value(id))?;
        }
        Ok(())
    }

    /// How a node is called: its name, the number it holds, or its index.
    pub(crate) fn value(&self, id: NodeId) -> String {
        let node = self.graph.node(id);
        match node.op {
            Op::Input(index) => self.cell.inputs[index].name.to_string(),
            Op::Prev(index) => self.cell.states[index].name.to_string(),
            Op::Param(index) => self.cell.params[index].name.clone(),
            Op::Const(value) => match node.shape {
                Shape::Scalar => value.0.to_string(),
                Shape::Vector(_) | Shape::Matrix(..) => format!("{}{}", value.0, shape(node.shape)),
            },
            _ => self.graph.names.get(&id).cloned().unwrap_or_else(|| id.to_string()),
        }
    }

    fn expression(&self, id: NodeId) -> String {
        let node = self.graph.node(id);
        let args: Vec<String> = node.args.iter().map(|&arg| self.value(arg)).collect();
        let list = args.join(", ");
        match node.op {
            Op::Input(_) => "input".to_owned(),
            Op::Prev(_) => "previous state".to_owned(),
            Op::Param(_) => "parameter".to_owned(),
            Op::Const(value) => number(value.0),
            Op::AdjNext(index) => format!("adjoint of next {}", self.cell.states[index].name),
            Op::AdjOutput => "adjoint of output".to_owned(),
            Op::AdjCall(of) => format!("adjoint of {} over all steps", self.value(of)),
            Op::Product(matrix) => format!("{} @ {list}", self.matrix(matrix)),
            Op::Concat => format!("[{list}]"),
            Op::Slice { start } => format!("{list}[{start}..{}]", start + node.shape.len()),
            Op::Unary(function) => format!("{}({list}{})", function.name(), settings(function)),
            Op::Reduce(Reduce::LayerNorm { epsilon }) => {
                format!("layer_norm({list}, epsilon {})", epsilon.0)
            }
            Op::Reduce(function) => format!("{}({list})", reduce(function)),
            Op::Select => {
                let [a, b, yes, no] = [&args[0], &args[1], &args[2], &args[3]];
                format!("if {a} < {b} then {yes} else {no}")
            }
            Op::Map(Map::Pow(exponent)) => format!("pow({list}, {})", exponent.0),
            Op::Map(Map::Neg) => format!("-{list}"),
            Op::Map(function) => format!("{}({list})", function.facts().name),
            Op::Zip(function) => infix(function.facts().name, &args),
            Op::Sum => format!("sum({list})"),
            Op::Residue => format!("residue({list})"),
            Op::Largest => format!("largest({list})"),
        }
    }

    pub(crate) fn matrix(&self, matrix: MatrixRef) -> String {
        let MatrixRef { source, row, column, rows, columns, transposed, factor } = matrix;
        let mut text = source.name(self.cell).to_owned();
        if source.extent(self.cell) != (rows, columns) {
            text += &format!("[{row}..{}, {column}..{}]", row + rows, column + columns);
        }
        if transposed {
            text += ".T";
        }
        text + match factor {
            Factor::One => "",
            Factor::Sigmoid => " / -ln 2",
            Factor::Tanh => " * 2 / ln 2",
        }
    }
}

/// Without rows of zeros.
fn number(value: f64) -> String {
    let plain = value == 0.0 || (1e-6..1e9).contains(&value.abs());
    if plain { value.to_string() } else { format!("{value:e}") }
}

fn shape(shape: Shape) -> String {
    match shape {
        Shape::Scalar => "[]".to_owned(),
        Shape::Vector(len) => format!("[{len}]"),
        Shape::Matrix(rows, columns) => format!("[{rows}, {columns}]"),
    }
}

/// `a + b` for signs, `min(a, b)` for names.
fn infix(name: &str, args: &[String]) -> String {
    if name.starts_with(char::is_alphabetic) {
        format!("{name}({})", args.join(", "))
    } else {
        args.join(&format!(" {name} "))
    }
}

/// The numbers that come with a function, as further operands.
fn settings(function: Unary) -> String {
    function.numbers().iter().map(|number| format!(", {number}")).collect()
}

fn reduce(function: Reduce) -> &'static str {
    match function {
        Reduce::Sum => "sum",
        Reduce::Mean => "mean",
        Reduce::Dot => "dot",
        Reduce::Norm => "norm",
        Reduce::Softmax => "softmax",
        Reduce::LayerNorm { .. } => "layer_norm",
    }
}
