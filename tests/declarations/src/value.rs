//! A written expression with what is known of its value.

use crate::length::Length;
use crate::range::Range;

/// How strongly the outermost operator of a text binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Sum,
    /// Also of what begins with a minus.
    Product,
    Atom,
}

/// The least that a value can be computed from, in the order of the compiler's time classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Number,
    Parameter,
    Input,
    State,
}

/// A value: a vector, or a number if it has no length.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) level: Level,
    pub(crate) length: Option<Length>,
    pub(crate) range: Range,
    pub(crate) source: Source,
}

impl Value {
    /// What has a name, or a call.
    pub(crate) fn atom(
        text: impl Into<String>,
        length: Option<Length>,
        range: Range,
        source: Source,
    ) -> Value {
        Value { text: text.into(), level: Level::Atom, length, range, source }
    }

    /// In parentheses where an operand that binds less strongly than `level` needs them.
    pub(crate) fn at(&self, level: Level) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text.clone() }
    }

    /// A call of `function`, with further `arguments`.
    pub(crate) fn call(&self, function: &str, arguments: &str, range: Range) -> Value {
        let text = format!("{function}({}{arguments})", self.text);
        Value::atom(text, self.length, range, self.source)
    }
}

/// A matrix, which has no value of its own.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    pub(crate) text: String,
    pub(crate) rows: Length,
    pub(crate) columns: Length,
    /// No entry is larger.
    pub(crate) size: f64,
}
