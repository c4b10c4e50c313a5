//! One step forwards, node after node, and the loop over the steps.

use alloc::vec::Vec;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, s};

use super::product::product;
use super::{Forward, Reference, elementwise, reduce};
use crate::declaration::graph::{Node, Op};
use crate::kernels::element::Element;

impl<E: Element> Reference<'_, E> {
    /// The loop over time from `states` on; `keep` gets the values of all nodes of each step.
    pub(super) fn run(
        &self,
        inputs: &[ArrayView3<'_, E>],
        mut states: Vec<Array2<E>>,
        (steps, batch): (usize, usize),
        mut keep: impl FnMut(Vec<Array2<E>>),
    ) -> Forward<E> {
        let mut outputs = Array3::zeros((steps, batch, self.graph.output_len));
        // Without rows there is nothing to compute, whatever the number of steps.
        let steps = if batch == 0 { 0 } else { steps };
        for (t, mut output) in outputs.outer_iter_mut().enumerate().take(steps) {
            let now: Vec<_> = inputs.iter().map(|input| input.index_axis(Axis(0), t)).collect();
            let values = self.step(&now, &states);
            // Assignment broadcasts values that do not depend on the row.
            output.assign(&values[self.graph.output]);
            for (state, &next) in states.iter_mut().zip(self.graph.next) {
                state.assign(&values[next]);
            }
            keep(values);
        }
        Forward { outputs, states }
    }

    /// The values of all nodes at one step, from the inputs and the states before it, `[B, n]`.
    fn step(&self, inputs: &[ArrayView2<'_, E>], states: &[Array2<E>]) -> Vec<Array2<E>> {
        let mut values: Vec<Array2<E>> = Vec::with_capacity(self.graph.nodes.len());
        for node in self.graph.nodes {
            let value = match node.op {
                Op::Input(i) => inputs[i].to_owned(),
                Op::Prev(i) => states[i].clone(),
                Op::Param(i) => self.params[i].clone(),
                Op::Const(c) => Array2::from_elem((1, node.shape.len()), E::from_f64(c)),
                Op::Product { param, transposed } => {
                    product(&values[node.args[0]], &self.params[param], transposed)
                }
                Op::Concat => concat(node, &values),
                Op::Slice { start } => {
                    values[node.args[0]].slice(s![.., start..start + node.shape.len()]).to_owned()
                }
                Op::Unary(f) => elementwise::unary(f, self.fast, &values[node.args[0]]),
                Op::Binary(f) => {
                    elementwise::binary(f, &values[node.args[0]], &values[node.args[1]])
                }
                Op::Reduce(f) => reduce::value(f, &operands(node, &values)),
            };
            values.push(value);
        }
        values
    }
}

/// The values of the operands of `node`.
pub(super) fn operands<'v, E>(node: &Node, values: &'v [Array2<E>]) -> Vec<&'v Array2<E>> {
    node.args.iter().map(|&a| &values[a]).collect()
}

/// The operands side by side; those of a single row are repeated.
fn concat<E: Element>(node: &Node, values: &[Array2<E>]) -> Array2<E> {
    let parts = operands(node, values);
    let rows = parts.iter().map(|p| p.nrows()).find(|&rows| rows != 1).unwrap_or(1);
    let mut whole = Array2::zeros((rows, node.shape.len()));
    let mut start = 0;
    for part in parts {
        let end = start + part.ncols();
        whole.slice_mut(s![.., start..end]).assign(part);
        start = end;
    }
    whole
}
