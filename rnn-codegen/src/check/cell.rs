//! A checked cell: every name resolved, every shape known. What `check` hands to `graph`.

use proc_macro2::Ident;
use syn::{Attribute, Visibility};

use crate::functions::{Unary, Zip};
use crate::ops::{Init, Number, Reduce, Shape, Weights};

/// A cell without errors and without open sizes.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// Doc comments and other outer attributes of the declaration.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    /// `scalar f64;`
    pub(crate) double: bool,
    /// `weights f16;`
    pub(crate) weights: Weights,
    /// `activations fast;`
    pub(crate) fast: bool,
    /// `steps N;`
    pub(crate) steps: Option<usize>,
    pub(crate) inputs: Vec<Port>,
    pub(crate) states: Vec<Port>,
    /// In the order of the flat buffer: as declared, those of a gate where the gate stands.
    pub(crate) params: Vec<Param>,
    /// What [`ExprKind::Shared`] refers to; each reads only those before it.
    pub(crate) shared: Vec<Expr>,
    /// Named expressions, gates and next values in the order of the declaration.
    pub(crate) lets: Vec<Let>,
    /// For each state the index into `lets` of its next value.
    pub(crate) next: Vec<usize>,
    /// What `output` says, or the first state's next value.
    pub(crate) output: Expr,
    /// The equations as the user wrote them, one a line, for the documentation.
    pub(crate) equations: Vec<String>,
}

/// An input or a state.
#[derive(Debug, Clone)]
pub(crate) struct Port {
    pub(crate) name: Ident,
    pub(crate) len: usize,
    /// The text of its doc comment, if it has one.
    pub(crate) doc: Option<String>,
}

/// A parameter: declared, or made by a gate (`i.x`, `i.h`, `i.b`).
#[derive(Debug, Clone)]
pub(crate) struct Param {
    /// `W_n`, or `i.x`.
    pub(crate) name: String,
    /// A field name for it: `W_n`, or `i_x`, spanned at the declaration.
    pub(crate) field: Ident,
    pub(crate) shape: Shape,
    pub(crate) init: Init,
    /// False for `fixed`.
    pub(crate) trainable: bool,
    pub(crate) doc: Option<String>,
}

/// A value with a name: a gate, a named expression, or the next value of a state (`h[t]`).
#[derive(Debug, Clone)]
pub(crate) struct Let {
    /// `i`, `rh`, or `h[t]`.
    pub(crate) name: String,
    pub(crate) value: Expr,
}

/// An expression with its shape; never a matrix. Lengths are numbers but while they are checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Expr<L = usize> {
    pub(crate) kind: ExprKind<L>,
    pub(crate) shape: Shape<L>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum ExprKind<L = usize> {
    Number(Number),
    /// Input at this step.
    Input(usize),
    /// State at the step before.
    Prev(usize),
    /// Vector or scalar parameter.
    Param(usize),
    /// An earlier entry of [`Cell::lets`].
    Let(usize),
    /// An entry of [`Cell::shared`].
    Shared(usize),
    /// Matrix parameter (or its transpose) times a vector.
    Product {
        param: usize,
        transposed: bool,
        operand: Box<Expr<L>>,
    },
    Concat(Vec<Expr<L>>),
    /// As many values as the shape says, from `start` on.
    Slice {
        operand: Box<Expr<L>>,
        start: L,
    },
    Unary(Unary, Box<Expr<L>>),
    Binary(Zip, Box<Expr<L>>, Box<Expr<L>>),
    Reduce(Reduce, Vec<Expr<L>>),
}

impl<L> Expr<L> {
    /// Whether nothing has to be computed for it.
    pub(crate) fn is_leaf(&self) -> bool {
        match self.kind {
            ExprKind::Number(_)
            | ExprKind::Input(_)
            | ExprKind::Prev(_)
            | ExprKind::Param(_)
            | ExprKind::Let(_)
            | ExprKind::Shared(_) => true,
            ExprKind::Product { .. }
            | ExprKind::Concat(_)
            | ExprKind::Slice { .. }
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Reduce(..) => false,
        }
    }

    /// The expressions it is made of.
    pub(crate) fn operands(&self) -> Vec<&Expr<L>> {
        match &self.kind {
            ExprKind::Product { operand, .. }
            | ExprKind::Slice { operand, .. }
            | ExprKind::Unary(_, operand) => vec![operand],
            ExprKind::Binary(_, left, right) => vec![left, right],
            ExprKind::Concat(operands) | ExprKind::Reduce(_, operands) => operands.iter().collect(),
            ExprKind::Number(_)
            | ExprKind::Input(_)
            | ExprKind::Prev(_)
            | ExprKind::Param(_)
            | ExprKind::Let(_)
            | ExprKind::Shared(_) => Vec::new(),
        }
    }
}
