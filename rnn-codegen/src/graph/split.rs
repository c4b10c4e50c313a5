//! Concatenations and slices around products become rectangles of their matrices.
//!
//! ```text
//! W @ [a, b]            becomes  W[.., 0..n] @ a + W[.., n..] @ b
//! (W @ v + b)[0..8]     becomes  W[0..8, ..] @ v + b[0..8]
//! ```
//!
//! A value of which only parts are read is computed in these parts, unless they overlap: then it is
//! computed whole, once. Thus a cell that stacks its gates in one matrix becomes the same graph as
//! one that names them apart.

use std::collections::HashMap;

use super::build::Build;
use super::{Graph, MatrixRef, NodeId, Op, Renumbering};
use crate::ops::Shape;

/// The same values with products split; primitive dialect.
pub(crate) fn split(old: &Graph) -> Graph {
    let demands = demands(old);
    let (new, places) = (Graph::default(), Renumbering::of(old));
    let mut splitting = Splitting { old, demands, new, places, parts: HashMap::new() };
    for id in old.ids() {
        splitting.whole(id);
    }
    let Splitting { mut new, places, .. } = splitting;
    new.adopt(old, &places);
    new
}

/// What the users of a value read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Demand {
    /// These ranges, as (start, length); none for a value without users.
    Parts(Vec<(usize, usize)>),
    Whole,
}

impl Demand {
    fn part(&mut self, start: usize, len: usize, of: usize) {
        match self {
            Demand::Parts(_) if len == of => *self = Demand::Whole,
            Demand::Parts(parts) => parts.push((start, len)),
            Demand::Whole => {}
        }
    }

    /// Parts that overlap are cut from the whole instead.
    fn settled(self) -> Demand {
        match self {
            Demand::Parts(mut parts) => {
                parts.sort_unstable();
                parts.dedup();
                let disjoint = parts.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0);
                if disjoint { Demand::Parts(parts) } else { Demand::Whole }
            }
            Demand::Whole => Demand::Whole,
        }
    }
}

/// One walk from users to operands.
fn demands(graph: &Graph) -> Vec<Demand> {
    let mut demands = vec![Demand::Parts(Vec::new()); graph.ids().count()];
    for root in graph.roots() {
        demands[root.index()] = Demand::Whole;
    }
    for id in graph.ids().rev() {
        let own = std::mem::replace(&mut demands[id.index()], Demand::Whole).settled();
        propagate(graph, id, &own, &mut demands);
        demands[id.index()] = own;
    }
    demands
}

/// What a node reads of its operands, given what is read of it.
fn propagate(graph: &Graph, id: NodeId, own: &Demand, demands: &mut [Demand]) {
    let node = graph.node(id);
    let whole = [(0, node.shape.len())];
    let ranges: &[(usize, usize)] = match own {
        Demand::Parts(parts) => parts,
        Demand::Whole => &whole,
    };
    match node.op {
        Op::Slice { start } => {
            let arg = node.args[0];
            for &(from, len) in ranges {
                demands[arg.index()].part(start + from, len, graph.shape(arg).len());
            }
        }
        Op::Concat => {
            for &(from, len) in ranges {
                for (arg, from, len) in graph.touched(&node.args, from, len) {
                    demands[arg.index()].part(from, len, graph.shape(arg).len());
                }
            }
        }
        Op::Map(_) | Op::Zip(_) | Op::Select => {
            for &arg in &node.args {
                let of = graph.shape(arg).len();
                if graph.shape(arg) == node.shape {
                    ranges.iter().for_each(|&(from, len)| demands[arg.index()].part(from, len, of));
                } else if !ranges.is_empty() {
                    demands[arg.index()] = Demand::Whole;
                }
            }
        }
        Op::Product(_)
        | Op::Sum
        | Op::Residue
        | Op::Largest
        | Op::Unary(_)
        | Op::Reduce(_)
        | Op::Input(_)
        | Op::Prev(_)
        | Op::Param(_)
        | Op::Const(_)
        | Op::AdjNext(_)
        | Op::AdjOutput
        | Op::AdjCall(_) => {
            if !ranges.is_empty() {
                node.args.iter().for_each(|arg| demands[arg.index()] = Demand::Whole);
            }
        }
    }
}

struct Splitting<'a> {
    old: &'a Graph,
    demands: Vec<Demand>,
    new: Graph,
    /// The values computed whole.
    places: Renumbering,
    /// The values computed in parts, by node, start and length.
    parts: HashMap<(NodeId, usize, usize), NodeId>,
}

impl Splitting<'_> {
    /// Computes a value that is read as a whole; others come when a part is asked for.
    fn whole(&mut self, id: NodeId) {
        if self.demands[id.index()] != Demand::Whole {
            return;
        }
        let old = self.old;
        let node = old.node(id);
        let new = match node.op {
            Op::Slice { start } => self.part(node.args[0], start, node.shape.len()),
            Op::Concat => self.new.concat(self.places.args(node)),
            Op::Product(matrix) => {
                let operand = self.places.at(node.args[0]);
                self.product(matrix, operand)
            }
            Op::Input(_)
            | Op::Prev(_)
            | Op::Param(_)
            | Op::Const(_)
            | Op::AdjNext(_)
            | Op::AdjOutput
            | Op::AdjCall(_)
            | Op::Map(_)
            | Op::Zip(_)
            | Op::Select
            | Op::Sum
            | Op::Residue
            | Op::Largest
            | Op::Unary(_)
            | Op::Reduce(_) => self.places.copy(node, &mut self.new),
        };
        self.places.set(id, new);
    }

    /// `len` values of an old node from `start` on.
    fn part(&mut self, id: NodeId, start: usize, len: usize) -> NodeId {
        let key = (id, start, len);
        if let Some(&done) = self.parts.get(&key) {
            return done;
        }
        let old = self.old;
        let node = old.node(id);
        let new = match (&node.op, self.places.get(id)) {
            (Op::Slice { start: inner }, _) => self.part(node.args[0], inner + start, len),
            (Op::Concat, _) => {
                let pieces = old.touched(&node.args, start, len);
                let parts = pieces.into_iter().map(|(arg, from, len)| self.part(arg, from, len));
                let parts = parts.collect();
                self.new.concat(parts)
            }
            (Op::Const(value), _) => self.new.fill(value.0, Shape::Vector(len)),
            (_, Some(whole)) => self.new.slice(whole, start, len),
            (Op::Map(_) | Op::Zip(_) | Op::Select, None) => {
                let args = node.args.iter().map(|&arg| match old.shape(arg) {
                    Shape::Scalar => self.places.at(arg),
                    Shape::Vector(_) | Shape::Matrix(..) => self.part(arg, start, len),
                });
                let args = args.collect();
                self.new.insert(node.op.clone(), args, Shape::Vector(len))
            }
            (Op::Product(matrix), None) => {
                let operand = self.places.at(node.args[0]);
                self.product(matrix.result_part(start, len), operand)
            }
            (_, None) => {
                let whole = self.places.copy(node, &mut self.new);
                self.new.slice(whole, start, len)
            }
        };
        self.parts.insert(key, new);
        new
    }

    /// A product with each operand of a concatenation by itself.
    fn product(&mut self, matrix: MatrixRef, operand: NodeId) -> NodeId {
        let node = self.new.node(operand);
        if node.op != Op::Concat {
            return self.new.product(matrix, operand);
        }
        let mut sum = None;
        let mut offset = 0;
        for part in node.args.clone() {
            let len = self.new.shape(part).len();
            let product = self.product(matrix.operand_part(offset, len), part);
            sum = Some(sum.map_or(product, |sum| self.new.plus(sum, product)));
            offset += len;
        }
        sum.expect("a concatenation has operands")
    }
}
