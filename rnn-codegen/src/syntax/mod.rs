//! The notation as data: what a declaration says, with the place of everything and nothing checked.
//!
//! ```text
//! tokens -> parse (declaration) -> item (one statement) -> expression, size
//! ```

pub(crate) mod expression;
mod index;
mod instance;
pub(crate) mod item;
mod list;
pub(crate) mod message;
mod nesting;
mod param;
mod parse;
mod print;
pub(crate) mod size;
mod unread;

use proc_macro2::{Ident, Span};
use syn::{Attribute, Visibility};

use crate::error::place::Place;
pub(crate) use expression::Expr;
pub(crate) use instance::{Instance, Setting};
pub(crate) use parse::parse;
pub(crate) use size::{ParamShape, Size};
pub(crate) use unread::{Unread, leaves_open};

/// A declaration as written.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    /// Doc comments and other outer attributes.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    /// In the order of the declaration.
    pub(crate) items: Vec<Item>,
    pub(crate) unread: Unread,
}

impl Spec {
    /// Names of the sizes left open as `_`, in the order of the declaration.
    pub(crate) fn open_sizes(&self) -> Vec<&Ident> {
        let mut open = Vec::new();
        for item in &self.items {
            match &item.kind {
                ItemKind::Input(ports) | ItemKind::State(ports) => {
                    open.extend(ports.iter().filter(|p| p.size.is_open()).map(|p| &p.name));
                }
                ItemKind::Dim(dims) => {
                    open.extend(dims.iter().filter(|d| d.size.is_open()).map(|d| &d.name));
                }
                _ => {}
            }
        }
        open
    }

    /// Whether a size is left open, so that the declaration is instantiated by name.
    pub(crate) fn is_family(&self) -> bool {
        self.unread.open || !self.open_sizes().is_empty()
    }
}

/// One statement of a declaration, without its semicolon.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum ItemKind {
    /// `input x: 32, dt: 1;`
    Input(Vec<Port>),
    /// `state h: 64, c: h;`
    State(Vec<Port>),
    /// `param W: [h, x] = glorot, a = 1.0;` or the same with `fixed`
    Param { trainable: bool, list: Vec<Param> },
    /// `dim P = 2 * h;`
    Dim(Vec<Dim>),
    /// `const DT = 0.1;`
    Const(Vec<Const>),
    /// `fn mish(u) = u * tanh(softplus(u));`
    Function(Function),
    /// `gate i = sigmoid(x, h; p * c) bias 1.0;`
    Gate(Gate),
    /// `rh = r * h;`
    Let(Let),
    /// `h[t] = o * tanh(c[t]);`
    Next(Let),
    /// `output V @ h[t];`
    Output(Expr),
    /// `steps 100;`
    Steps(Size),
    /// `scalar f64;`
    Scalar { double: bool },
    /// `weights f16;`
    Weights(crate::ops::Weights),
    /// `activations fast;`
    Activations { fast: bool },
}

/// An input or a state.
#[derive(Debug, Clone)]
pub(crate) struct Port {
    pub(crate) doc: Option<String>,
    pub(crate) name: Ident,
    pub(crate) size: Size,
}

#[derive(Debug, Clone)]
pub(crate) struct Param {
    pub(crate) doc: Option<String>,
    pub(crate) name: Ident,
    pub(crate) shape: ParamShape,
    /// `glorot`, `uniform(0.1)` or a number.
    pub(crate) init: Option<Expr>,
}

#[derive(Debug, Clone)]
pub(crate) struct Dim {
    pub(crate) name: Ident,
    pub(crate) size: Size,
}

#[derive(Debug, Clone)]
pub(crate) struct Const {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: Ident,
    pub(crate) arguments: Vec<Ident>,
    pub(crate) body: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) doc: Option<String>,
    pub(crate) name: Ident,
    /// `gate i: 16 = ..`; as long as the first state if not given.
    pub(crate) size: Option<Size>,
    pub(crate) activation: Ident,
    /// What gets a matrix: names, and next values of states.
    pub(crate) operands: Vec<Expr>,
    /// What is added as it stands.
    pub(crate) terms: Vec<Expr>,
    pub(crate) bias: Bias,
    /// From the activation to the closing parenthesis.
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Bias {
    /// Starts at zero.
    Zero,
    /// `bias 1.0`
    Init(Expr),
    /// `no bias`
    None,
}

/// `name = value`, or `name[t] = value`.
#[derive(Debug, Clone)]
pub(crate) struct Let {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
    /// The left side.
    pub(crate) place: Place,
}

/// A name with the step it is read at: `h[t-1]` has offset -1.
#[derive(Debug, Clone)]
pub(crate) struct Timed {
    pub(crate) name: Ident,
    pub(crate) offset: i64,
    pub(crate) close: Span,
}
