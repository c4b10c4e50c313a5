//! Sums over rows for the gradients of parameters.

use super::Planner;
use crate::graph::{GradTerm, NodeId, Op};
use crate::schedule::passes::find;
use crate::schedule::{ColumnSum, Once, Sink, Stage, Sweep, gradient};

impl Planner<'_> {
    /// What each chunk adds up for gradients; what is left to do at the end goes to `back_call`.
    pub(super) fn gradients(&mut self, backward: &Sweep, back_call: &mut Once) -> Vec<Stage> {
        let units = self.units;
        let forward = units.graph.needed_forward();
        let after = |id: NodeId| (backward.after(units.graph, id), units.len(id));
        let (mut matrices, mut vectors, mut sums) = (Vec::new(), Vec::new(), Vec::new());
        for term in &units.graph.differentiated().terms {
            match *term {
                GradTerm::Outer { matrix, left, right } => {
                    let rows = !forward[left.index()];
                    let (adjoint, operand) = if rows { (left, right) } else { (right, left) };
                    let (operand, operand_len) = after(operand);
                    let (adjoint, adjoint_len) = after(adjoint);
                    let term =
                        gradient::Term { matrix, operand, operand_len, adjoint, adjoint_len, rows };
                    matrices.push(term);
                }
                GradTerm::Sum { of, value } => {
                    let (from, len) = after(value);
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
        back_call.stages.extend(matrices.last.into_iter().chain(vectors.last));
        for &(param, id) in &units.graph.differentiated().call {
            debug_assert!(self.cell.params[param].trainable);
            let from = find(units.graph, id, [&back_call.homes]);
            let sum = ColumnSum { from, len: units.len(id), into: Sink::Param(param) };
            back_call.stages.push(Stage::ColumnSum(sum));
        }
        sums
    }
}
