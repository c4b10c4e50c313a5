//! Building nodes of the primitive dialect: shapes follow from operands, so that passes read like
//! formulas.

use super::{Factor, Graph, Map, MatrixRef, MatrixSource, Node, NodeId, Op, Zip};
use crate::check::cell::{Cell, Param};
use crate::ops::{Number, Shape};

/// The shape of an elementwise result, or `None` if the shapes do not go together: a scalar goes
/// with everything, a vector with its like.
pub(crate) fn broadcast(a: Shape, b: Shape) -> Option<Shape> {
    match (a, b) {
        (Shape::Scalar, other) | (other, Shape::Scalar) => Some(other),
        (a, b) => (a == b).then_some(a),
    }
}

/// Something nodes can be added to: the plain arena, or one that simplifies what it is given.
pub(crate) trait Build {
    /// The value that `op` gives for these operands.
    fn insert(&mut self, op: Op, args: Vec<NodeId>, shape: Shape) -> NodeId;

    fn node(&self, id: NodeId) -> &Node;

    fn shape(&self, id: NodeId) -> Shape {
        self.node(id).shape
    }

    /// A scalar constant.
    fn number(&mut self, value: f64) -> NodeId {
        self.fill(value, Shape::Scalar)
    }

    /// The number at each position of the shape.
    fn fill(&mut self, value: f64, shape: Shape) -> NodeId {
        self.insert(Op::Const(Number(value)), Vec::new(), shape)
    }

    /// The scalar at each position of the shape: times a vector of ones.
    fn spread(&mut self, scalar: NodeId, shape: Shape) -> NodeId {
        if self.shape(scalar) == shape {
            return scalar;
        }
        let ones = self.fill(1.0, shape);
        self.times(scalar, ones)
    }

    fn map(&mut self, map: Map, x: NodeId) -> NodeId {
        let shape = self.shape(x);
        self.insert(Op::Map(map), vec![x], shape)
    }

    fn zip(&mut self, zip: Zip, a: NodeId, b: NodeId) -> NodeId {
        let shape = broadcast(self.shape(a), self.shape(b))
            .unwrap_or_else(|| panic!("bug in rnn-codegen: {zip:?} of {a} and {b}"));
        self.insert(Op::Zip(zip), vec![a, b], shape)
    }

    /// `yes` where `a < b`, else `no`.
    fn select(&mut self, [a, b]: [NodeId; 2], yes: NodeId, no: NodeId) -> NodeId {
        let args = vec![a, b, yes, no];
        let mut shapes = args.iter().map(|&arg| self.shape(arg));
        let shape = shapes.try_fold(Shape::Scalar, broadcast);
        let shape = shape.unwrap_or_else(|| panic!("bug in rnn-codegen: selection of {args:?}"));
        self.insert(Op::Select, args, shape)
    }

    fn negative(&mut self, x: NodeId) -> NodeId {
        self.map(Map::Neg, x)
    }

    fn plus(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.zip(Zip::Add, a, b)
    }

    fn minus(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.zip(Zip::Sub, a, b)
    }

    fn times(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.zip(Zip::Mul, a, b)
    }

    fn over(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.zip(Zip::Div, a, b)
    }

    fn plus_number(&mut self, x: NodeId, value: f64) -> NodeId {
        let value = self.number(value);
        self.plus(x, value)
    }

    fn times_number(&mut self, x: NodeId, value: f64) -> NodeId {
        let value = self.number(value);
        self.times(x, value)
    }

    fn reciprocal(&mut self, x: NodeId) -> NodeId {
        let one = self.number(1.0);
        self.over(one, x)
    }

    fn square(&mut self, x: NodeId) -> NodeId {
        self.times(x, x)
    }

    /// The sum of a vector; a scalar is its own sum.
    fn sum(&mut self, x: NodeId) -> NodeId {
        match self.shape(x) {
            Shape::Scalar => x,
            Shape::Vector(_) | Shape::Matrix(..) => self.insert(Op::Sum, vec![x], Shape::Scalar),
        }
    }

    /// The mean of a vector, of shares whose sum stays in range: a power of two for each entry, the
    /// rest for the sum.
    fn mean_of_shares(&mut self, x: NodeId) -> NodeId {
        let len = self.shape(x).len();
        let entries = len.next_power_of_two() as f64;
        let shares = self.times_number(x, entries.recip());
        let sum = self.sum(shares);
        self.times_number(sum, entries / len as f64)
    }

    /// What rounding left of the sum of deviations from their mean; see [`Op::Residue`].
    fn residue(&mut self, x: NodeId) -> NodeId {
        match self.shape(x) {
            Shape::Scalar => x,
            Shape::Vector(_) | Shape::Matrix(..) => {
                self.insert(Op::Residue, vec![x], Shape::Scalar)
            }
        }
    }

    /// The largest entry of a vector; a scalar is its own.
    fn largest(&mut self, x: NodeId) -> NodeId {
        match self.shape(x) {
            Shape::Scalar => x,
            Shape::Vector(_) | Shape::Matrix(..) => {
                self.insert(Op::Largest, vec![x], Shape::Scalar)
            }
        }
    }

    /// `len` values from `start` on.
    fn slice(&mut self, x: NodeId, start: usize, len: usize) -> NodeId {
        if self.shape(x) == Shape::Vector(len) {
            return x;
        }
        self.insert(Op::Slice { start }, vec![x], Shape::Vector(len))
    }

    /// The vectors one after another; one alone stands for itself.
    fn concat(&mut self, parts: Vec<NodeId>) -> NodeId {
        if let [only] = parts[..] {
            return only;
        }
        let len = parts.iter().map(|&part| self.shape(part).len()).sum();
        self.insert(Op::Concat, parts, Shape::Vector(len))
    }

    /// The operands of a join that `len` values from `from` on touch, each with its first one and
    /// how many.
    fn touched(&self, parts: &[NodeId], from: usize, len: usize) -> Vec<(NodeId, usize, usize)> {
        let mut touched = Vec::new();
        let mut offset = 0;
        for &part in parts {
            let end = offset + self.shape(part).len();
            let (first, last) = (from.max(offset), (from + len).min(end));
            if first < last {
                touched.push((part, first - offset, last - first));
            }
            offset = end;
        }
        touched
    }

    fn product(&mut self, matrix: MatrixRef, operand: NodeId) -> NodeId {
        self.insert(Op::Product(matrix), vec![operand], Shape::Vector(matrix.result_len()))
    }
}

impl Build for Graph {
    fn insert(&mut self, op: Op, args: Vec<NodeId>, shape: Shape) -> NodeId {
        self.add(op, args, shape)
    }

    fn node(&self, id: NodeId) -> &Node {
        Graph::node(self, id)
    }
}

impl MatrixSource {
    /// What the declaration says of the matrix.
    fn declared(self, cell: &Cell) -> &Param {
        let MatrixSource::Param(param) = self;
        &cell.params[param]
    }

    /// Rows and columns of the whole.
    pub(crate) fn extent(self, cell: &Cell) -> (usize, usize) {
        match self.declared(cell).shape {
            Shape::Matrix(rows, columns) => (rows, columns),
            shape => panic!("bug in rnn-codegen: a product with {shape:?}"),
        }
    }

    pub(crate) fn name(self, cell: &Cell) -> &str {
        &self.declared(cell).name
    }

    /// Whether it has a gradient.
    pub(crate) fn trainable(self, cell: &Cell) -> bool {
        self.declared(cell).trainable
    }
}

impl MatrixRef {
    /// All of a matrix.
    pub(crate) fn whole(source: MatrixSource, transposed: bool, cell: &Cell) -> MatrixRef {
        let (rows, columns) = source.extent(cell);
        MatrixRef { source, row: 0, column: 0, rows, columns, transposed, factor: Factor::One }
    }

    /// Where an entry of the rectangle is in its matrix, whose rows have `columns` entries.
    pub(crate) fn entry(self, columns: usize, row: usize, column: usize) -> usize {
        (self.row + row) * columns + self.column + column
    }

    /// How many entries it has.
    pub(crate) fn len(self) -> usize {
        self.rows * self.columns
    }

    /// Length of the product.
    pub(crate) fn result_len(self) -> usize {
        if self.transposed { self.columns } else { self.rows }
    }

    /// Length of the operand.
    pub(crate) fn operand_len(self) -> usize {
        if self.transposed { self.rows } else { self.columns }
    }

    /// The same rectangle, transposed (back).
    pub(crate) fn flipped(self) -> MatrixRef {
        MatrixRef { transposed: !self.transposed, ..self }
    }

    /// The part that gives `len` values of the product from `start` on.
    pub(crate) fn result_part(self, start: usize, len: usize) -> MatrixRef {
        if self.transposed {
            MatrixRef { column: self.column + start, columns: len, ..self }
        } else {
            MatrixRef { row: self.row + start, rows: len, ..self }
        }
    }

    /// The part that multiplies `len` values of the operand from `start` on.
    pub(crate) fn operand_part(self, start: usize, len: usize) -> MatrixRef {
        self.flipped().result_part(start, len).flipped()
    }
}

impl Op {
    /// Whether lanes of the value are computed from the same lanes of the operands.
    pub(crate) fn is_lanes(&self) -> bool {
        matches!(self, Op::Map(_) | Op::Zip(_) | Op::Select)
    }

    /// Whether the value is a scalar made of a whole vector.
    pub(crate) fn is_reduction(&self) -> bool {
        matches!(self, Op::Sum | Op::Residue | Op::Largest)
    }

    /// Whether the value stands by itself: it has no operands and keeps no name of its own.
    pub(crate) fn is_leaf(&self) -> bool {
        match self {
            Op::Input(_)
            | Op::Prev(_)
            | Op::Param(_)
            | Op::Const(_)
            | Op::AdjNext(_)
            | Op::AdjOutput
            | Op::AdjCall(_) => true,
            Op::Product(_)
            | Op::Concat
            | Op::Slice { .. }
            | Op::Unary(_)
            | Op::Reduce(_)
            | Op::Map(_)
            | Op::Zip(_)
            | Op::Select
            | Op::Sum
            | Op::Residue
            | Op::Largest => false,
        }
    }
}
