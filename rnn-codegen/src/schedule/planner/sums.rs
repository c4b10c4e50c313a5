//! Sums over rows for the gradients of parameters.

use super::Planner;
use crate::graph::{GradTerm, NodeId, Op};
use crate::schedule::pass::Pass;
use crate::schedule::place::Place;
use crate::schedule::{ColumnSum, Sink, Stage, affine, gradient};

impl Planner<'_> {
    /// What each chunk adds up for gradients; what is left to do at the end goes to `back_call`.
    pub(super) fn gradients(&mut self, backward: &Pass, back_call: &mut Pass) -> Vec<Stage> {
        let forward = affine::forward_nodes(self.units.graph);
        let (mut matrices, mut vectors, mut sums) = (Vec::new(), Vec::new(), Vec::new());
        for term in &self.differentiated().terms {
            match *term {
                GradTerm::Outer { matrix, left, right } => {
                    let rows = !forward[left.index()];
                    let (adjoint, operand) = if rows { (left, right) } else { (right, left) };
                    matrices.push(gradient::Term {
                        matrix,
                        operand: self.after(backward, operand),
                        operand_len: self.len(operand),
                        adjoint: self.after(backward, adjoint),
                        adjoint_len: self.len(adjoint),
                        rows,
                    });
                }
                GradTerm::Sum { of, value } => {
                    let (from, len) = (self.after(backward, value), self.len(value));
                    if let Op::Param(param) = self.units.node(of).op {
                        vectors.push(gradient::Vector { param, from, len });
                    } else if let Some(place) = self.adjoint(back_call, of) {
                        let sum = ColumnSum { from, len, into: Sink::BackCall(place) };
                        sums.push(Stage::ColumnSum(sum));
                    }
                }
            }
        }
        let matrices = gradient::matrices(&matrices, &mut self.alloc);
        let vectors = gradient::vectors(&vectors, &mut self.alloc);
        sums.extend(matrices.chunk.into_iter().chain(vectors.chunk));
        back_call.step.extend(matrices.last.into_iter().chain(vectors.last));
        for &(param, id) in &self.differentiated().call {
            debug_assert!(self.cell.params[param].trainable);
            let (from, len) = (self.after(back_call, id), self.len(id));
            let sum = ColumnSum { from, len, into: Sink::Param(param) };
            back_call.step.push(Stage::ColumnSum(sum));
        }
        sums
    }

    /// Where the adjoint of a call-level value is summed, if anything needs it.
    fn adjoint(&self, back_call: &Pass, of: NodeId) -> Option<Place> {
        let is = |id: &NodeId| matches!(self.units.node(*id).op, Op::AdjCall(node) if node == of);
        back_call.homes.iter().find(|(id, _)| is(id)).map(|(_, place)| *place)
    }
}
