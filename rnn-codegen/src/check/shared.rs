//! Values that are read more than once: arguments and results of the declaration's functions, and
//! the parts of long sums. Each is a row of one table, so that the size of a cell is that of its
//! text, however often its functions use their arguments.

use std::collections::HashMap;

use super::constant::{self, Constant};
use super::length::{Expr, ExprKind};

/// The table. A row reads only rows before it; equal values share one.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    rows: Vec<Expr>,
    index: HashMap<Expr, usize>,
    /// The value of each row that is made of numbers.
    constants: Vec<Option<Constant>>,
}

impl Shared {
    /// `value` as something small, which can be read as often as one likes.
    pub(crate) fn share(&mut self, value: Expr) -> Expr {
        if value.is_leaf() {
            return value;
        }
        let shape = value.shape.clone();
        let row = match self.index.get(&value) {
            Some(&row) => row,
            None => {
                self.constants.push(constant::fold(&value, self));
                self.index.insert(value.clone(), self.rows.len());
                self.rows.push(value);
                self.rows.len() - 1
            }
        };
        Expr { kind: ExprKind::Shared(row), shape }
    }

    pub(crate) fn constant(&self, row: usize) -> Option<Constant> {
        self.constants[row]
    }

    pub(crate) fn finish(self) -> Vec<Expr> {
        self.rows
    }
}
