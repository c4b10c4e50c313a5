//! What a legal graph is. Every pass is followed by this check in debug builds and tests. It is a
//! witness: shapes are worked out here once more, apart from the functions that build nodes.

use super::build::broadcast;
use super::{Backward, GradTerm, Graph, MatrixRef, MatrixSource, NodeId, Op};
use crate::check::cell::Cell;
use crate::ops::{Reduce, Shape};

/// Which operations a graph is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Every function of the notation is a node.
    Source,
    /// Lane functions, sums and products only; operands of a concatenation are vectors.
    Primitive,
}

/// A broken invariant in words.
type Check = Result<(), String>;

/// Panics with the node, or the result, that breaks an invariant.
pub(crate) fn verify(graph: &Graph, cell: &Cell, dialect: Dialect) {
    let verifier = Verifier { graph, cell, dialect };
    for id in graph.ids() {
        if let Err(why) = verifier.node(id) {
            let line = format!("{:?}", graph.node(id));
            panic!("bug in rnn-codegen: {why}: {id} = {line}");
        }
    }
    if let Err(why) = verifier.results() {
        panic!("bug in rnn-codegen: {why}\n{}", graph.display(cell));
    }
}

struct Verifier<'a> {
    graph: &'a Graph,
    cell: &'a Cell,
    dialect: Dialect,
}

fn ensure(holds: bool, why: &str) -> Check {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}

impl Verifier<'_> {
    fn node(&self, id: NodeId) -> Check {
        let node = self.graph.node(id);
        ensure(node.args.iter().all(|&arg| arg < id), "operands stand before users")?;
        ensure(!matches!(node.shape, Shape::Matrix(..)), "no value is a matrix")?;
        self.dialect(&node.op)?;
        let args: Vec<Shape> = node.args.iter().map(|&arg| self.graph.shape(arg)).collect();
        if let Op::AdjCall(of) = node.op {
            ensure(of < id, "an adjoint stands after its value")?;
        }
        let expected = self.result_shape(&node.op, &args, node.shape)?;
        ensure(node.shape == expected, "the shape follows from the operands")
    }

    fn dialect(&self, op: &Op) -> Check {
        let legal = match op {
            Op::Input(_)
            | Op::Prev(_)
            | Op::Param(_)
            | Op::Const(_)
            | Op::Product(_)
            | Op::Concat
            | Op::Slice { .. }
            | Op::Zip(_) => true,
            Op::Unary(_) | Op::Reduce(_) => self.dialect == Dialect::Source,
            Op::AdjNext(_)
            | Op::AdjOutput
            | Op::AdjCall(_)
            | Op::Map(_)
            | Op::Select
            | Op::Sum
            | Op::Residue
            | Op::Largest => self.dialect == Dialect::Primitive,
        };
        ensure(legal, "the operation belongs to the dialect")
    }

    /// The shape that the operands give; `own` where they leave it open.
    fn result_shape(&self, op: &Op, args: &[Shape], own: Shape) -> Result<Shape, String> {
        match (op, args) {
            (Op::Input(index), []) => port(self.cell.inputs.get(*index).map(|port| port.len)),
            (Op::Prev(index), []) => port(self.cell.states.get(*index).map(|port| port.len)),
            (Op::AdjNext(index), []) => port(self.cell.states.get(*index).map(|port| port.len)),
            (Op::Param(index), []) => {
                self.cell.params.get(*index).map(|param| param.shape).ok_or("no such one".into())
            }
            (Op::Const(_), []) => Ok(own),
            (Op::AdjOutput, []) => Ok(self.cell.output.shape),
            (Op::AdjCall(of), []) => Ok(self.graph.shape(*of)),
            (Op::Product(matrix), [operand]) => {
                self.rectangle(*matrix)?;
                let expected = Shape::Vector(matrix.operand_len());
                ensure(*operand == expected, "the operand is as long as the matrix says")?;
                Ok(Shape::Vector(matrix.result_len()))
            }
            (Op::Concat, [_, ..]) => {
                let vectors = args.iter().all(|arg| *arg != Shape::Scalar);
                ensure(vectors || self.dialect == Dialect::Source, "vectors are joined")?;
                Ok(Shape::Vector(args.iter().map(|arg| arg.len()).sum()))
            }
            (Op::Slice { start }, [Shape::Vector(len)]) => {
                ensure(own.len() > 0 && start + own.len() <= *len, "the slice is in range")?;
                Ok(Shape::Vector(own.len()))
            }
            (Op::Unary(_) | Op::Map(_), [operand]) => Ok(*operand),
            (Op::Zip(_), [a, b]) => {
                broadcast(*a, *b).ok_or("operands are alike or one is a scalar".into())
            }
            (Op::Select, [_, _, _, _]) => {
                let all = args.iter().try_fold(Shape::Scalar, |all, arg| broadcast(all, *arg));
                all.ok_or("operands are alike or scalars".into())
            }
            (Op::Reduce(function), args) => reduced(*function, args),
            (Op::Sum | Op::Residue | Op::Largest, [Shape::Vector(_)]) => Ok(Shape::Scalar),
            _ => Err("the operation has its operands".into()),
        }
    }

    fn rectangle(&self, matrix: MatrixRef) -> Check {
        let MatrixSource::Param(param) = matrix.source;
        let shape = self.cell.params.get(param).map(|param| param.shape);
        let Some(Shape::Matrix(rows, columns)) = shape else {
            return Err("a product has a matrix".into());
        };
        let inside = matrix.row + matrix.rows <= rows && matrix.column + matrix.columns <= columns;
        ensure(inside && matrix.rows > 0 && matrix.columns > 0, "the rectangle is in range")
    }

    fn results(&self) -> Check {
        let count = self.graph.ids().count();
        let known = |id: NodeId| id.index() < count;
        ensure(self.graph.roots().all(known), "results exist")?;
        ensure(self.graph.names.keys().all(|&id| known(id)), "named nodes exist")?;
        let states: Vec<Shape> = self.cell.states.iter().map(|s| Shape::Vector(s.len)).collect();
        let next: Vec<Shape> = self.graph.next.iter().map(|&id| self.graph.shape(id)).collect();
        ensure(next == states, "each state has its next value")?;
        let output = self.graph.output.map(|id| self.graph.shape(id));
        ensure(output == Some(self.cell.output.shape), "the output has its shape")?;
        match &self.graph.backward {
            Some(backward) => self.backward(backward),
            None => Ok(()),
        }
    }

    fn backward(&self, backward: &Backward) -> Check {
        let fit = |ids: &[Option<NodeId>], lens: Vec<usize>| {
            let fits = |(id, len): (&Option<NodeId>, usize)| {
                id.is_none_or(|id| self.graph.shape(id) == Shape::Vector(len))
            };
            ids.len() == lens.len() && ids.iter().zip(lens).all(fits)
        };
        let states = self.cell.states.iter().map(|port| port.len).collect();
        ensure(fit(&backward.prev, states), "adjoints of states have their shapes")?;
        let inputs = self.cell.inputs.iter().map(|port| port.len).collect();
        ensure(fit(&backward.inputs, inputs), "adjoints of inputs have their shapes")?;
        let level = self.graph.call_level();
        for &term in &backward.terms {
            self.term(term, &level)?;
        }
        for &(param, id) in &backward.call {
            let param = &self.cell.params[param];
            ensure(param.trainable, "fixed parameters have no gradient")?;
            ensure(self.graph.shape(id) == param.shape, "a gradient is shaped as its parameter")?;
        }
        self.call_leaves(backward)
    }

    fn term(&self, term: GradTerm, level: &[bool]) -> Check {
        match term {
            GradTerm::Outer { matrix, left, right } => {
                self.rectangle(matrix)?;
                ensure(!matrix.transposed, "gradients are of matrices as they stand")?;
                ensure(matrix.source.trainable(self.cell), "fixed ones have no gradient")?;
                let shapes = (self.graph.shape(left), self.graph.shape(right));
                let expected = (Shape::Vector(matrix.rows), Shape::Vector(matrix.columns));
                ensure(shapes == expected, "an outer product has the rectangle's shape")
            }
            GradTerm::Sum { of, value } => {
                ensure(level[of.index()], "sums belong to values of the call")?;
                let shapes = (self.graph.shape(of), self.graph.shape(value));
                ensure(shapes.0 == shapes.1, "an adjoint is shaped as its value")
            }
        }
    }

    /// Adjoints of call-level values: each is filled by a term, and a parameter's own is its
    /// gradient at once.
    fn call_leaves(&self, backward: &Backward) -> Check {
        for id in self.graph.ids() {
            let Op::AdjCall(of) = self.graph.node(id).op else { continue };
            let is_param = matches!(self.graph.node(of).op, Op::Param(_));
            ensure(!is_param, "a parameter's adjoint is its gradient")?;
            let filled = |term: &GradTerm| matches!(term, GradTerm::Sum { of: o, .. } if *o == of);
            let terms = backward.terms.iter().filter(|term| filled(term)).count();
            ensure(terms == 1, "one term fills an adjoint")?;
        }
        Ok(())
    }
}

fn port(len: Option<usize>) -> Result<Shape, String> {
    len.map(Shape::Vector).ok_or("no such one".into())
}

fn reduced(function: Reduce, args: &[Shape]) -> Result<Shape, String> {
    match (function, args) {
        (Reduce::Sum | Reduce::Mean | Reduce::Norm, [_]) => Ok(Shape::Scalar),
        (Reduce::Dot, [a, b]) if a == b => Ok(Shape::Scalar),
        (Reduce::Softmax | Reduce::LayerNorm { .. }, [operand]) => Ok(*operand),
        (Reduce::LayerNorm { .. }, [operand, gain, bias]) => {
            let fits = |shape: &Shape| broadcast(*operand, *shape) == Some(*operand);
            ensure(fits(gain) && fits(bias), "gain and bias are as long as the operand")?;
            Ok(*operand)
        }
        _ => Err("the reduction has its operands".into()),
    }
}
