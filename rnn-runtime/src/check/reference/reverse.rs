//! The backward pass: adjoints of all nodes of a step, the last step first.

use alloc::{vec, vec::Vec};

use ndarray::{Array2, Array3, Axis, s};

use super::product::{add_outer, product};
use super::{Adjoints, Gradients, Reference, Tape, elementwise, eval, reduce};
use crate::declaration::graph::{Node, Op};
use crate::kernels::element::Element;

/// The gradients from the adjoints, whose shapes are checked.
pub(super) fn run<E: Element>(tape: &Tape<'_, '_, E>, adjoints: &Adjoints<'_, E>) -> Gradients<E> {
    let graph = tape.reference.graph;
    let (steps, batch) = (tape.outputs().len_of(Axis(0)), tape.batch);
    let mut sweep = Sweep {
        reference: tape.reference,
        params: tape.reference.params.iter().map(|p| Array2::zeros(p.dim())).collect(),
        inputs: graph.inputs.iter().map(|p| Array3::zeros((steps, batch, p.len))).collect(),
        states: if adjoints.states.is_empty() {
            graph.states.iter().map(|p| Array2::zeros((batch, p.len))).collect()
        } else {
            adjoints.states.iter().map(|s| s.to_owned()).collect()
        },
    };
    for (t, values) in tape.steps.iter().enumerate().rev() {
        let output = adjoints.outputs.as_ref().map(|o| o.index_axis(Axis(0), t).to_owned());
        sweep.step(t, values, output);
    }
    let mut params = vec![E::zero(); graph.param_len()];
    for (info, gradient) in graph.params.iter().zip(&sweep.params) {
        let place = &mut params[info.offset..info.offset + info.shape.len()];
        place.iter_mut().zip(gradient).for_each(|(p, &g)| *p = g);
    }
    Gradients { params, inputs: sweep.inputs, initial: sweep.states }
}

/// The state of the backward pass.
struct Sweep<'r, 'g, E> {
    reference: &'r Reference<'g, E>,
    /// Gradient of each parameter, in the shapes of [`Reference::params`].
    params: Vec<Array2<E>>,
    /// Gradient of each input `[T, B, n]`.
    inputs: Vec<Array3<E>>,
    /// Adjoint of each state `[B, n]` after the step that comes next.
    states: Vec<Array2<E>>,
}

impl<E: Element> Sweep<'_, '_, E> {
    /// Goes back through step `t`, whose nodes have `values` and whose output has the adjoint
    /// `output`.
    fn step(&mut self, t: usize, values: &[Array2<E>], output: Option<Array2<E>>) {
        let graph = self.reference.graph;
        let fast = self.reference.fast;
        let mut adjoints = StepAdjoints { values, fast, of: vec![None; values.len()] };
        if let Some(output) = output {
            adjoints.add(graph.output, output);
        }
        for (state, &next) in self.states.iter_mut().zip(graph.next) {
            let before = Array2::zeros(state.dim());
            adjoints.add(next, core::mem::replace(state, before));
        }
        for (id, node) in graph.nodes.iter().enumerate().rev() {
            // Without an adjoint the node has no part in the loss.
            let Some(dy) = adjoints.of[id].take() else { continue };
            match node.op {
                Op::Const(_) => {}
                Op::Input(i) => {
                    let mut gradient = self.inputs[i].index_axis_mut(Axis(0), t);
                    gradient += &dy;
                }
                Op::Prev(i) => self.states[i] += &dy,
                Op::Param(i) => {
                    if graph.params[i].trainable {
                        self.params[i] += &dy;
                    }
                }
                Op::Product { param, transposed } => {
                    self.product(param, transposed, &dy, &values[node.args[0]]);
                    let matrix = &self.reference.params[param];
                    adjoints.add(node.args[0], product(&dy, matrix, !transposed));
                }
                _ => adjoints.operands(node, &values[id], dy),
            }
        }
    }

    /// Gradient of a matrix from one product `y = matrix @ v`: the sum over rows of `outer(dy, v)`,
    /// or of `outer(v, dy)` for the transpose.
    fn product(&mut self, param: usize, transposed: bool, dy: &Array2<E>, v: &Array2<E>) {
        if !self.reference.graph.params[param].trainable {
            return;
        }
        let (left, right) = if transposed { (v, dy) } else { (dy, v) };
        add_outer(&mut self.params[param], left, right);
    }
}

/// Adjoints of the nodes of one step, `None` as long as nothing flowed into them.
struct StepAdjoints<'a, E> {
    values: &'a [Array2<E>],
    fast: bool,
    of: Vec<Option<Array2<E>>>,
}

impl<E: Element> StepAdjoints<'_, E> {
    /// Adds to the adjoint of node `id`, summing over the axes along which its value was broadcast.
    fn add(&mut self, id: usize, mut term: Array2<E>) {
        let (rows, columns) = self.values[id].dim();
        if term.nrows() != rows {
            term = term.sum_axis(Axis(0)).insert_axis(Axis(0));
        }
        if term.ncols() != columns {
            term = term.sum_axis(Axis(1)).insert_axis(Axis(1));
        }
        match &mut self.of[id] {
            Some(adjoint) => *adjoint += &term,
            none => *none = Some(term),
        }
    }

    /// Hands the adjoint `dy` of a node with the value `y` down to its operands.
    fn operands(&mut self, node: &Node, y: &Array2<E>, dy: Array2<E>) {
        let values = self.values;
        match node.op {
            Op::Concat => {
                let mut start = 0;
                for &part in node.args {
                    let end = start + values[part].ncols();
                    self.add(part, dy.slice(s![.., start..end]).to_owned());
                    start = end;
                }
            }
            Op::Slice { start } => {
                let whole = node.args[0];
                let adjoint =
                    self.of[whole].get_or_insert_with(|| Array2::zeros(values[whole].dim()));
                let mut part = adjoint.slice_mut(s![.., start..start + dy.ncols()]);
                part += &dy;
            }
            Op::Unary(f) => {
                let u = node.args[0];
                self.add(u, elementwise::unary_adjoint(f, self.fast, &values[u], y, &dy));
            }
            Op::Binary(f) => {
                let (a, b) = (node.args[0], node.args[1]);
                let (da, db) = elementwise::binary_adjoint(f, &values[a], &values[b], &dy);
                self.add(a, da);
                self.add(b, db);
            }
            Op::Reduce(f) => {
                let terms = reduce::adjoint(f, &eval::operands(node, values), y, &dy);
                node.args.iter().zip(terms).for_each(|(&arg, term)| self.add(arg, term));
            }
            Op::Input(_) | Op::Prev(_) | Op::Param(_) | Op::Const(_) | Op::Product { .. } => {}
        }
    }
}
