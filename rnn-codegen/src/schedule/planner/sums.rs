//! Sums over rows for the gradients of parameters.

use super::Planner;
use crate::graph::{GradTerm, NodeId, Op};
use crate::schedule::{ColumnSum, Sink, Stage, Sweep, gradient};

impl Planner<'_> {
    /// What each chunk adds up for gradients; what is left to do at the end goes to `back_call`.
    pub(super) fn gradients(&mut self, backward: &Sweep, back_call: &mut Sweep) -> Vec<Stage> {
        let units = self.units;
        let forward = units.graph.needed_forward();
        let after = |sweep: &Sweep, id: NodeId| (sweep.after(units.graph, id), units.len(id));
        let (mut matrices, mut vectors, mut sums) = (Vec::new(), Vec::new(), Vec::new());
        for term in &units.graph.differentiated().terms {
            match *term {
                GradTerm::Outer { matrix, left, right } => {
                    let rows = !forward[left.index()];
                    let (adjoint, operand) = if rows { (left, right) } else { (right, left) };
                    let (operand, operand_len) = after(backward, operand);
                    let (adjoint, adjoint_len) = after(backward, adjoint);
                    let term =
                        gradient::Term { matrix, operand, operand_len, adjoint, adjoint_len, rows };
                    matrices.push(term);
                }
                GradTerm::Sum { of, value } => {
                    let (from, len) = after(backward, value);
                    if let Op::Param(param) = units.node(of).op {
                        vectors.push(gradient::Vector { param, from, len });
                    } else if let Some(adjoint) = units.graph.leaf(&Op::AdjCall(of)) {
                        let into = Sink::BackCall(back_call.homes[&adjoint]);
                        sums.push(Stage::ColumnSum(ColumnSum { from, len, into }));
                    }
                }
            }
        }
        let matrices = gradient::matrices(&matrices, &mut self.alloc);
        let vectors = gradient::vectors(&vectors, &mut self.alloc);
        sums.extend(matrices.chunk.into_iter().chain(vectors.chunk));
        back_call.only_mut().extend(matrices.last.into_iter().chain(vectors.last));
        for &(param, id) in &units.graph.differentiated().call {
            debug_assert!(self.cell.params[param].trainable);
            let (from, len) = after(back_call, id);
            let sum = ColumnSum { from, len, into: Sink::Param(param) };
            back_call.only_mut().push(Stage::ColumnSum(sum));
        }
        sums
    }
}
