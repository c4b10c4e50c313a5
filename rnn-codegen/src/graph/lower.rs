//! From the checked cell to its graph in the source dialect: one node for each function of the
//! notation.

use super::{Graph, MatrixRef, NodeId, Op};
use crate::check::cell::{Cell, Expr, ExprKind};
use crate::ops::{Number, Shape};

/// The step as the declaration states it, names kept. Equal expressions become one node.
pub(crate) fn lower(cell: &Cell) -> Graph {
    let mut lowering = Lowering { cell, graph: Graph::default(), lets: Vec::new() };
    for binding in &cell.lets {
        let id = lowering.expr(&binding.value);
        lowering.graph.name(id, &binding.name);
        lowering.lets.push(id);
    }
    let output = lowering.expr(&cell.output);
    let Lowering { mut graph, lets, .. } = lowering;
    graph.next = cell.next.iter().map(|&index| lets[index]).collect();
    graph.output = Some(output);
    graph
}

struct Lowering<'a> {
    cell: &'a Cell,
    graph: Graph,
    /// The nodes of the bindings so far.
    lets: Vec<NodeId>,
}

impl Lowering<'_> {
    fn expr(&mut self, expr: &Expr) -> NodeId {
        let (op, args) = match &expr.kind {
            ExprKind::Let(index) => return self.lets[*index],
            ExprKind::Number(value) => (Op::Const(Number(*value)), Vec::new()),
            ExprKind::Input(index) => (Op::Input(*index), Vec::new()),
            ExprKind::Prev(index) => (Op::Prev(*index), Vec::new()),
            ExprKind::Param(index) => (Op::Param(*index), Vec::new()),
            ExprKind::Product { param, transposed, operand } => {
                (Op::Product(self.whole(*param, *transposed)), vec![self.expr(operand)])
            }
            ExprKind::Concat(parts) => (Op::Concat, self.exprs(parts)),
            ExprKind::Slice { operand, start } => {
                (Op::Slice { start: *start }, vec![self.expr(operand)])
            }
            ExprKind::Unary(function, operand) => (Op::Unary(*function), vec![self.expr(operand)]),
            ExprKind::Binary(function, left, right) => {
                (Op::Binary(*function), vec![self.expr(left), self.expr(right)])
            }
            ExprKind::Reduce(function, operands) => (Op::Reduce(*function), self.exprs(operands)),
        };
        self.graph.add(op, args, expr.shape)
    }

    fn exprs(&mut self, exprs: &[Expr]) -> Vec<NodeId> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    /// The full rectangle of a matrix parameter.
    fn whole(&self, param: usize, transposed: bool) -> MatrixRef {
        let Shape::Matrix(rows, columns) = self.cell.params[param].shape else {
            panic!("bug in rnn-codegen: product with `{}`, no matrix", self.cell.params[param].name)
        };
        MatrixRef { param, row: 0, column: 0, rows, columns, transposed }
    }
}
