//! The text of a declaration, spaced as a person would: for messages and for the documentation.

use std::fmt::{self, Display, Formatter};

use super::expression::Chain;
use super::{Bias, Expr, Gate, Item, ItemKind, Let, Param, ParamShape, Port, Size, Timed};

/// Writes `items` with `, ` between.
fn join<T: Display>(f: &mut Formatter<'_>, items: &[T]) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl Display for Size {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Size::Number(value, _) => write!(f, "{value}"),
            Size::Name(name) => write!(f, "{name}"),
            Size::Open(_) => f.write_str("_"),
            Size::Binary { operator, left, right } => write!(f, "{left} {operator} {right}"),
            Size::Paren(inner, _) => write!(f, "({inner})"),
        }
    }
}

impl Display for ParamShape {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ParamShape::Number | ParamShape::Scalar => f.write_str("scalar"),
            ParamShape::Vector(length) => write!(f, "[{length}]"),
            ParamShape::Matrix(rows, columns) => write!(f, "[{rows}, {columns}]"),
        }
    }
}

impl Display for Timed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.offset {
            0 => write!(f, "{}[t]", self.name),
            offset => write!(f, "{}[t{offset:+}]", self.name),
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Number { text, .. } => f.write_str(text),
            Expr::Name(name) => write!(f, "{name}"),
            Expr::Timed(timed) => write!(f, "{timed}"),
            Expr::Member { owner, member } => write!(f, "{owner}.{member}"),
            Expr::Call { function, arguments, .. } => {
                write!(f, "{function}(")?;
                join(f, arguments)?;
                f.write_str(")")
            }
            Expr::Concat { parts, .. } => {
                f.write_str("[")?;
                join(f, parts)?;
                f.write_str("]")
            }
            Expr::Slice { operand, start, end, .. } => {
                write!(f, "{operand}[")?;
                if let Some(start) = start {
                    write!(f, "{start}")?;
                }
                f.write_str("..")?;
                if let Some(end) = end {
                    write!(f, "{end}")?;
                }
                f.write_str("]")
            }
            Expr::Neg { operand, .. } => write!(f, "-{operand}"),
            Expr::Chain(Chain { first, rest }) => {
                write!(f, "{first}")?;
                rest.iter().try_for_each(|(operator, operand)| {
                    write!(f, " {} {operand}", operator.symbol())
                })
            }
            Expr::Paren { inner, .. } => write!(f, "({inner})"),
        }
    }
}

impl Display for Port {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.size)
    }
}

impl Display for Param {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (&self.shape, &self.init) {
            (ParamShape::Number, Some(init)) => write!(f, "{} = {init}", self.name),
            (shape, Some(init)) => write!(f, "{}: {shape} = {init}", self.name),
            (shape, None) => write!(f, "{}: {shape}", self.name),
        }
    }
}

impl Display for Gate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "gate {}", self.name)?;
        if let Some(size) = &self.size {
            write!(f, ": {size}")?;
        }
        write!(f, " = {}(", self.activation)?;
        join(f, &self.operands)?;
        if !self.terms.is_empty() {
            f.write_str("; ")?;
            join(f, &self.terms)?;
        }
        f.write_str(")")?;
        match &self.bias {
            Bias::Zero => Ok(()),
            Bias::Init(init) => write!(f, " bias {init}"),
            Bias::None => f.write_str(" no bias"),
        }
    }
}

impl Display for Let {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.name, self.value)
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ItemKind::Input(ports) => {
                f.write_str("input ")?;
                join(f, ports)
            }
            ItemKind::State(ports) => {
                f.write_str("state ")?;
                join(f, ports)
            }
            ItemKind::Param { trainable, list } => {
                f.write_str(if *trainable { "param " } else { "fixed " })?;
                join(f, list)
            }
            ItemKind::Dim(dims) => {
                f.write_str("dim ")?;
                let texts: Vec<String> =
                    dims.iter().map(|d| format!("{} = {}", d.name, d.size)).collect();
                join(f, &texts)
            }
            ItemKind::Const(constants) => {
                f.write_str("const ")?;
                let texts: Vec<String> =
                    constants.iter().map(|c| format!("{} = {}", c.name, c.value)).collect();
                join(f, &texts)
            }
            ItemKind::Function(function) => {
                write!(f, "fn {}(", function.name)?;
                join(f, &function.arguments)?;
                write!(f, ") = {}", function.body)
            }
            ItemKind::Gate(gate) => write!(f, "{gate}"),
            ItemKind::Let(equation) => write!(f, "{equation}"),
            ItemKind::Next(Let { name, value, .. }) => write!(f, "{name}[t] = {value}"),
            ItemKind::Output(value) => write!(f, "output {value}"),
            ItemKind::Steps(count) => write!(f, "steps {count}"),
            ItemKind::Scalar { double } => {
                f.write_str(if *double { "scalar f64" } else { "scalar f32" })
            }
            ItemKind::Weights(weights) => write!(f, "weights {}", weights.name()),
            ItemKind::Activations { fast } => {
                f.write_str(if *fast { "activations fast" } else { "activations exact" })
            }
        }
    }
}
