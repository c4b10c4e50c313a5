//! Cells made at random from a seed, over all that a graph can hold: values stay tame.

use super::{Matrix, Sample, concat, number};
use crate::check::cell::{Cell, Expr};
use crate::functions::{Map, Unary, Zip};
use crate::ops::{Reduce, Shape};

/// Lengths: less than a vector, a whole one, more.
const LENS: [usize; 6] = [1, 2, 3, 5, 8, 16];

/// Values of a cell, besides its leaves.
const VALUES: usize = 24;

/// A random cell; the same for the same seed.
pub(crate) fn cell(seed: u64) -> Cell {
    let mut maker = Maker::new(seed);
    let states = maker.leaves();
    // Some values are made after the first next ones, and can read those.
    let mut open = states.into_iter();
    for index in 0..VALUES {
        let value = maker.value();
        let value = maker.sample.bind(&format!("t{index}"), value);
        maker.keep(value);
        if index > 6
            && maker.draw.below(6) == 0
            && let Some(len) = open.next()
        {
            let next = maker.next(len);
            maker.keep(next);
        }
    }
    for len in open {
        maker.next(len);
    }
    let output = maker.output();
    // Graphs are evaluated in f64, and constants are rounded to the scalar type.
    Cell { double: true, ..maker.sample.output(output) }
}

struct Draw(u64);

impl Draw {
    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

struct Maker {
    draw: Draw,
    sample: Sample,
    vectors: Vec<Expr>,
    scalars: Vec<Expr>,
    matrices: Vec<Matrix>,
}

impl Maker {
    fn new(seed: u64) -> Self {
        let sample = Sample::new("Random");
        let scalars = [1.0, 0.5, -1.0, 3.0, 0.0].map(number).to_vec();
        let draw = Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Maker { draw, sample, vectors: Vec::new(), scalars, matrices: Vec::new() }
    }

    /// Inputs, states and parameters; returns the lengths of the states.
    fn leaves(&mut self) -> Vec<usize> {
        let common = self.draw.pick(&LENS);
        let len = |draw: &mut Draw| if draw.below(2) == 0 { common } else { draw.pick(&LENS) };
        for index in 0..1 + self.draw.below(3) {
            let input = self.sample.input(&format!("x{index}"), len(&mut self.draw));
            self.vectors.push(input);
        }
        let lens: Vec<usize> = (0..1 + self.draw.below(3)).map(|_| len(&mut self.draw)).collect();
        for (index, &len) in lens.iter().enumerate() {
            let state = self.sample.state(&format!("h{index}"), len);
            self.vectors.push(state);
        }
        for index in 0..self.draw.below(4) {
            let (name, len) = (format!("v{index}"), len(&mut self.draw));
            let fixed = self.draw.below(4) == 0;
            let s = &mut self.sample;
            let vector = if fixed { s.fixed_vector(&name, len) } else { s.vector(&name, len) };
            self.vectors.push(vector);
        }
        for index in 0..self.draw.below(3) {
            let scalar = self.sample.scalar(&format!("s{index}"));
            self.scalars.push(scalar);
        }
        lens
    }

    fn keep(&mut self, value: Expr) {
        match value.shape {
            Shape::Scalar => self.scalars.push(value),
            Shape::Vector(_) | Shape::Matrix(..) => self.vectors.push(value),
        }
    }

    /// A vector, late ones more often than early ones.
    fn vector(&mut self) -> Expr {
        let recent = self.vectors.len().saturating_sub(8);
        let first = if self.draw.below(2) == 0 { recent } else { 0 };
        let from = &self.vectors[first..];
        from[self.draw.below(from.len())].clone()
    }

    fn scalar(&mut self) -> Expr {
        self.draw.pick(&self.scalars)
    }

    /// A vector of a given length, by a product if there is none.
    fn fitting(&mut self, len: usize) -> Expr {
        let fits = |v: &&Expr| v.shape == Shape::Vector(len);
        let like: Vec<Expr> = self.vectors.iter().filter(fits).cloned().collect();
        if like.is_empty() || self.draw.below(6) == 0 {
            self.product(len)
        } else {
            self.draw.pick(&like)
        }
    }

    /// A matrix times a vector, `len` values; sometimes a matrix that is used elsewhere.
    fn product(&mut self, len: usize) -> Expr {
        let operand = self.vector();
        let n = operand.shape.len();
        let fits = |m: &&Matrix| (m.rows, m.columns) == (len, n) || (m.columns, m.rows) == (len, n);
        let like: Vec<Matrix> = self.matrices.iter().filter(fits).copied().collect();
        let matrix = if like.is_empty() || self.draw.below(3) > 0 {
            let name = format!("M{}", self.matrices.len());
            let matrix = match self.draw.below(8) {
                0 => self.sample.fixed_matrix(&name, len, n),
                1 => self.sample.matrix(&name, n, len),
                _ => self.sample.matrix(&name, len, n),
            };
            self.matrices.push(matrix);
            matrix
        } else {
            self.draw.pick(&like)
        };
        let whole = (matrix.rows, matrix.columns) == (len, n);
        if whole { matrix.times(&operand) } else { matrix.transposed_times(&operand) }
    }

    /// A sum of products, mostly with a bias, sometimes with further terms, under an activation.
    fn gate(&mut self) -> Expr {
        let len = self.draw.pick(&LENS);
        let mut sum = self.product(len);
        for _ in 0..self.draw.below(3) {
            sum = sum + self.product(len);
        }
        if self.draw.below(4) > 0 {
            sum = sum + self.bias(len);
        }
        for _ in 0..self.draw.below(3) {
            sum = sum + self.term(len);
        }
        let activations = [Map::Tanh.into(), Map::Sigmoid.into(), Unary::Silu];
        sum.apply(self.draw.pick(&activations))
    }

    fn bias(&mut self, len: usize) -> Expr {
        let name = format!("b{}", self.sample.params());
        self.sample.vector(&name, len)
    }

    /// What is added to a sum of products: a value, or a sum in brackets.
    fn term(&mut self, len: usize) -> Expr {
        match self.draw.below(6) {
            0 => self.bias(len) + self.bias(len),
            1 => self.fitting(len) + self.fitting(len),
            2 => self.bias(len).tanh(),
            _ => self.fitting(len),
        }
    }

    fn value(&mut self) -> Expr {
        let functions = [Zip::Add, Zip::Sub, Zip::Mul, Zip::Logaddexp];
        let lane = [
            Map::Neg,
            Map::Tanh,
            Map::Sigmoid,
            Map::Sin,
            Map::Softplus,
            Map::Atan,
            Map::Floor,
            Map::Round,
        ];
        let one: Vec<Unary> = lane.map(Unary::Map).into_iter().chain([Unary::Silu]).collect();
        let a = self.vector();
        let len = a.shape.len();
        match self.draw.below(17) {
            0..4 => self.gate(),
            16 => self.mixture(&a),
            4 => a.apply(self.draw.pick(&one)).tanh(),
            5 => a.with(self.draw.pick(&functions), &self.scalar()).tanh(),
            6 => self.scalar().with(self.draw.pick(&functions), &a).tanh(),
            7 => self.scalar().with(self.draw.pick(&functions), &self.scalar()).tanh(),
            8 => self.joined(&a),
            9 => a.part(len / 2, len),
            10 => a.dot(&self.fitting(len)).tanh(),
            11 => a.to_scalar(self.draw.pick(&[Reduce::Sum, Reduce::Mean])).tanh(),
            12 => a.softmax(),
            13 if len > 3 => (&a * &self.scalar()).layer_norm(&[]).tanh(),
            14 => a / (number(3.0) + self.scalar().tanh()),
            _ => a.with(self.draw.pick(&functions), &self.fitting(len)).tanh(),
        }
    }

    /// Two vectors mixed in a share that is a number.
    fn mixture(&mut self, a: &Expr) -> Expr {
        let share = self.scalar().sigmoid() * self.scalar();
        let name = format!("share{}", self.scalars.len());
        let share = self.sample.bind(&name, share);
        self.scalars.push(share.clone());
        let b = self.fitting(a.shape.len());
        (number(1.0) - share.clone()) * a.clone() + share * b.tanh()
    }

    /// Vectors, parts and scalars one after another, mostly under a function.
    fn joined(&mut self, a: &Expr) -> Expr {
        let b = self.vector();
        let (len, cut) = (b.shape.len(), self.draw.below(b.shape.len()));
        let parts = match self.draw.below(3) {
            0 => concat(&[a, &b]),
            1 => concat(&[&b.part(cut, len), a, &self.scalar()]),
            _ => concat(&[a, &b.part(cut / 2, len), a]),
        };
        if self.draw.below(3) > 0 { parts.tanh() } else { parts }
    }

    /// The next value of the state in order: mostly a mixture, sometimes a value as it is.
    fn next(&mut self, len: usize) -> Expr {
        let value = self.fitting(len);
        let value = match self.draw.below(4) {
            0 => value,
            1 => self.gate_of(len) * value,
            _ => value * number(0.5) + self.gate_of(len),
        };
        self.sample.next(value)
    }

    fn gate_of(&mut self, len: usize) -> Expr {
        (self.product(len) + self.product(len)).tanh()
    }

    fn output(&mut self) -> Expr {
        let (a, s) = (self.vector(), self.scalar());
        match self.draw.below(4) {
            0 => a,
            1 => concat(&[&s, &a, &self.vector()]),
            2 => self.gate(),
            _ => s * a,
        }
    }
}
