//! Factors of exponentials go into packed weights.
//!
//! Sigmoid and tanh begin with a product: their operand times the factor that makes its exponential
//! a power of two. Where the operand is a sum of products and of values computed once a call, and
//! nothing else in the forward pass reads it, the factor is taken out of the step: weights are
//! multiplied by it when they are packed, biases when they are copied. A part of the sum may be
//! such a value times any other, as the reset gate times what it resets; the backward pass, which
//! reads both, multiplies by its reciprocal. Weights of half width stay as they are, for the factor
//! would change how they are rounded.

use crate::check::cell::Cell;
use crate::graph::build::Build as _;
use crate::graph::{Factor, Graph, Map, MatrixRef, NodeId, Op, Renumbering, Zip};
use crate::ops::Weights;

/// The graph with all factors in place.
pub(super) fn fold(cell: &Cell, graph: Graph) -> Graph {
    if cell.weights != Weights::Full {
        return graph;
    }
    let fold = Fold {
        uses: graph.uses(),
        forward: graph.forward_uses(),
        call: graph.call_level(),
        graph: &graph,
    };
    let mut out = Graph::like(&graph);
    let mut places = Renumbering::of(&graph);
    for id in graph.ids() {
        let node = graph.node(id);
        let new = match node.op {
            Op::Map(Map::Sigmoid) if fold.takes(node.args[0]) => {
                let operand = fold.times(node.args[0], Factor::Sigmoid, &mut out, &mut places);
                out.map(Map::SigmoidScaled, operand)
            }
            Op::Map(Map::Tanh) if fold.takes(node.args[0]) => {
                let operand = fold.times(node.args[0], Factor::Tanh, &mut out, &mut places);
                out.map(Map::TanhScaled, operand)
            }
            _ => places.copy(node, &mut out),
        };
        places.set(id, new);
    }
    out.adopt(&graph, &places);
    out.without_dead()
}

struct Fold<'g> {
    graph: &'g Graph,
    /// Number of uses, roots included.
    uses: Vec<usize>,
    /// Those in the forward pass.
    forward: Vec<usize>,
    call: Vec<bool>,
}

impl Fold<'_> {
    /// Whether the factor of a function of this value can be taken out of the step.
    fn takes(&self, id: NodeId) -> bool {
        !self.call[id.index()] && self.scales(id)
    }

    /// Whether a multiple of the value costs a forward step no more than the value.
    fn scales(&self, id: NodeId) -> bool {
        let node = self.graph.node(id);
        if self.call[id.index()] {
            return true;
        }
        self.forward[id.index()] == 1
            && match node.op {
                Op::Product(_) => true,
                Op::Zip(Zip::Add | Zip::Sub) => node.args.iter().all(|&arg| self.scales(arg)),
                Op::Zip(Zip::Mul) => node.args.iter().any(|&arg| self.scales(arg)),
                _ => false,
            }
    }

    /// A multiple of a value that [scales](Fold::scales), in whose place there is then what is left
    /// of that without the factor.
    fn times(
        &self,
        id: NodeId,
        factor: Factor,
        out: &mut Graph,
        places: &mut Renumbering,
    ) -> NodeId {
        let node = self.graph.node(id);
        if self.call[id.index()] {
            return out.times_number(places.at(id), factor.value());
        }
        let multiple = match node.op {
            Op::Product(matrix) => {
                let matrix = MatrixRef { factor, ..matrix };
                out.insert(Op::Product(matrix), places.args(node), node.shape)
            }
            Op::Zip(zip @ (Zip::Add | Zip::Sub)) => {
                let [a, b] = [0, 1].map(|arg| self.times(node.args[arg], factor, out, places));
                out.zip(zip, a, b)
            }
            _ => {
                let first = usize::from(!self.scales(node.args[0]));
                let other = places.at(node.args[1 - first]);
                let scaled = self.times(node.args[first], factor, out, places);
                out.times(scaled, other)
            }
        };
        if self.uses[id.index()] > 1 {
            places.set(id, out.times_number(multiple, 1.0 / factor.value()));
        }
        multiple
    }
}
