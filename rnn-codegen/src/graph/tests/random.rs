//! Cells made at random: passes keep their values and gradients, and end.

use super::gradients::check_at;
use super::values::check_passes;
use crate::check::cell::{Cell, Expr};
use crate::graph::evaluate::Point;
use crate::graph::samples::{Matrix, Sample, concat, number};
use crate::ops::{Binary, Reduce, Shape, Unary};

/// Length of every vector; parts are shorter.
const LEN: usize = 6;

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

/// A cell of 30 random values, each made of earlier ones and kept small by `tanh`.
fn random_cell(seed: u64) -> Cell {
    let mut draw = Draw(seed);
    let mut s = Sample::new("Random");
    let mut vectors = vec![
        s.input("x", LEN),
        s.state("h", LEN),
        s.vector("v", LEN),
        s.fixed_vector("mask", LEN),
        concat(&[&s.vector("w", 3), &s.vector("u", 3)]),
    ];
    let mut scalars =
        vec![s.scalar("s"), number(1.0), number(0.5), number(-1.0), number(3.0), number(0.0)];
    let matrices =
        [s.matrix("W", LEN, LEN), s.matrix("U", LEN, LEN), s.fixed_matrix("F", LEN, LEN)];
    for index in 0..30 {
        let value = random_value(&mut draw, &vectors, &scalars, &matrices);
        let value = s.bind(&format!("t{index}"), value);
        match value.shape {
            Shape::Scalar => scalars.push(value),
            Shape::Vector(_) | Shape::Matrix(..) => vectors.push(value),
        }
    }
    let last = vectors.iter().rev().take(4).cloned().reduce(|a, b| a + b);
    s.next(last.expect("vectors"));
    s.output(draw.pick(&scalars) * draw.pick(&vectors))
}

fn random_value(draw: &mut Draw, vectors: &[Expr], scalars: &[Expr], matrices: &[Matrix]) -> Expr {
    let functions = [Binary::Add, Binary::Sub, Binary::Mul];
    let smooth = [Unary::Neg, Unary::Tanh, Unary::Sigmoid, Unary::Silu, Unary::Sin, Unary::Square];
    let (a, b) = (draw.pick(vectors), draw.pick(vectors));
    let (s, t) = (draw.pick(scalars), draw.pick(scalars));
    match draw.below(13) {
        0 => draw.pick(matrices).times(&a),
        1 => draw.pick(matrices).transposed_times(&a),
        2 => a.with(draw.pick(&functions), &s),
        3 => s.with(draw.pick(&functions), &a),
        4 => s.with(draw.pick(&functions), &t).apply(Unary::Tanh),
        5 => a.apply(draw.pick(&smooth)),
        6 => {
            let cut = 1 + draw.below(LEN - 1);
            concat(&[&a.part(cut, LEN), &b.part(0, cut)])
        }
        7 => {
            let (from, other) = (draw.below(3), draw.below(3));
            concat(&[&a.part(from, from + 3), &s, &a.part(other, other + 2)])
        }
        8 => a.dot(&b).apply(Unary::Tanh),
        9 => a.to_scalar(draw.pick(&[Reduce::Sum, Reduce::Mean])).apply(Unary::Tanh),
        10 => a.softmax(),
        11 => a / (number(3.0) + s.apply(Unary::Tanh)),
        _ => a.with(draw.pick(&functions), &b).apply(Unary::Tanh),
    }
}

#[test]
fn random_cells() {
    for seed in 0..100 {
        let cell = random_cell(seed);
        check_passes(&cell);
        check_at(&cell, [Point::random(&cell, seed)]);
    }
}
