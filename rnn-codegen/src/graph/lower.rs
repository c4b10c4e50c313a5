//! From the checked cell to its graph in the source dialect: one node for each function of the
//! notation.

use super::{Graph, MatrixRef, MatrixSource, NodeId, Op};
use crate::check::cell::{Cell, Expr, ExprKind};

/// The step as the declaration states it, names kept. Equal expressions become one node.
pub(crate) fn lower(cell: &Cell) -> Graph {
    let shared = vec![None; cell.shared.len()];
    let mut lowering = Lowering { cell, graph: Graph::default(), lets: Vec::new(), shared };
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
    /// The nodes of the shared values so far.
    shared: Vec<Option<NodeId>>,
}

/// What remains to be done for an expression.
enum Task<'a> {
    /// All of it.
    Lower(&'a Expr),
    /// Its own node; those of its operands are done.
    Join(&'a Expr),
    /// To note the node of this shared value.
    Note(usize),
}

impl<'a> Lowering<'a> {
    /// Operands first, from left to right. A list of tasks and no recursion, since a long sum leads
    /// through thousands of shared values.
    fn expr(&mut self, expr: &'a Expr) -> NodeId {
        let mut tasks = vec![Task::Lower(expr)];
        let mut done: Vec<NodeId> = Vec::new();
        while let Some(task) = tasks.pop() {
            match task {
                Task::Lower(Expr { kind: ExprKind::Shared(row), .. }) => match self.shared[*row] {
                    Some(id) => done.push(id),
                    None => {
                        tasks.extend([Task::Note(*row), Task::Lower(&self.cell.shared[*row])]);
                    }
                },
                Task::Lower(Expr { kind: ExprKind::Let(index), .. }) => {
                    done.push(self.lets[*index]);
                }
                Task::Lower(expr) => {
                    tasks.push(Task::Join(expr));
                    tasks.extend(expr.operands().into_iter().rev().map(Task::Lower));
                }
                Task::Join(expr) => {
                    let args = done.split_off(done.len() - expr.operands().len());
                    let op = self.op(&expr.kind);
                    done.push(self.graph.add(op, args, expr.shape));
                }
                Task::Note(row) => {
                    let id =
                        done.last().expect("bug in rnn-codegen: a shared value without a node");
                    self.shared[row] = Some(*id);
                }
            }
        }
        done.pop().expect("bug in rnn-codegen: an expression without a node")
    }

    fn op(&self, kind: &ExprKind) -> Op {
        match kind {
            ExprKind::Number(value) => Op::Const(*value),
            ExprKind::Input(index) => Op::Input(*index),
            ExprKind::Prev(index) => Op::Prev(*index),
            ExprKind::Param(index) => Op::Param(*index),
            ExprKind::Product { param, transposed, .. } => {
                let source = MatrixSource::Param(*param);
                Op::Product(MatrixRef::whole(source, *transposed, self.cell))
            }
            ExprKind::Concat(_) => Op::Concat,
            ExprKind::Slice { start, .. } => Op::Slice { start: *start },
            ExprKind::Unary(function, _) => Op::Unary(*function),
            ExprKind::Binary(function, ..) => Op::Zip(*function),
            ExprKind::Reduce(function, _) => Op::Reduce(*function),
            ExprKind::Let(_) | ExprKind::Shared(_) => {
                unreachable!("bug in rnn-codegen: {kind:?} is a node already")
            }
        }
    }
}
