//! Cells for tests of the passes, written as equations over checked expressions.

pub(crate) mod random;

use std::ops::{Add, Div, Mul, Neg, Sub};

use quote::format_ident;
use syn::Visibility;

use crate::check::cell::{Cell, Expr, ExprKind, Let, Param, Port};
use crate::functions::{Map, Unary, Zip};
use crate::graph::build::broadcast;
use crate::ops::{Init, Number, Reduce, Shape, Weights};

/// How snapshots are kept: in a folder, given as the path from the test to it, by their names
/// alone.
pub(crate) fn snapshots(folder: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// A cell in the making.
pub(crate) struct Sample(Cell);

impl Sample {
    pub(crate) fn new(name: &str) -> Sample {
        Sample(Cell {
            attrs: Vec::new(),
            vis: Visibility::Inherited,
            name: format_ident!("{name}"),
            double: false,
            weights: Weights::Full,
            fast: false,
            steps: None,
            inputs: Vec::new(),
            states: Vec::new(),
            params: Vec::new(),
            shared: Vec::new(),
            lets: Vec::new(),
            next: Vec::new(),
            output: number(0.0),
            equations: Vec::new(),
        })
    }

    pub(crate) fn input(&mut self, name: &str, len: usize) -> Expr {
        self.0.inputs.push(Port { name: format_ident!("{name}"), len, doc: None });
        expr(ExprKind::Input(self.0.inputs.len() - 1), Shape::Vector(len))
    }

    pub(crate) fn state(&mut self, name: &str, len: usize) -> Expr {
        self.0.states.push(Port { name: format_ident!("{name}"), len, doc: None });
        expr(ExprKind::Prev(self.0.states.len() - 1), Shape::Vector(len))
    }

    fn param(&mut self, name: &str, shape: Shape, trainable: bool) -> usize {
        self.0.params.push(Param {
            name: name.to_owned(),
            field: format_ident!("{}", name.replace('.', "_")),
            shape,
            init: Init::Constant(0.0),
            trainable,
            doc: None,
        });
        self.0.params.len() - 1
    }

    pub(crate) fn vector(&mut self, name: &str, len: usize) -> Expr {
        let shape = Shape::Vector(len);
        expr(ExprKind::Param(self.param(name, shape, true)), shape)
    }

    pub(crate) fn scalar(&mut self, name: &str) -> Expr {
        expr(ExprKind::Param(self.param(name, Shape::Scalar, true)), Shape::Scalar)
    }

    pub(crate) fn fixed_vector(&mut self, name: &str, len: usize) -> Expr {
        let shape = Shape::Vector(len);
        expr(ExprKind::Param(self.param(name, shape, false)), shape)
    }

    pub(crate) fn matrix(&mut self, name: &str, rows: usize, columns: usize) -> Matrix {
        Matrix { param: self.param(name, Shape::Matrix(rows, columns), true), rows, columns }
    }

    pub(crate) fn fixed_matrix(&mut self, name: &str, rows: usize, columns: usize) -> Matrix {
        Matrix { param: self.param(name, Shape::Matrix(rows, columns), false), rows, columns }
    }

    /// How many parameters there are.
    pub(crate) fn params(&self) -> usize {
        self.0.params.len()
    }

    /// `name = value`.
    pub(crate) fn bind(&mut self, name: &str, value: Expr) -> Expr {
        let shape = value.shape;
        self.0.lets.push(Let { name: name.to_owned(), value });
        expr(ExprKind::Let(self.0.lets.len() - 1), shape)
    }

    /// The next value of the states in order: `h[t] = value`.
    pub(crate) fn next(&mut self, value: Expr) -> Expr {
        let name = format!("{}[t]", self.0.states[self.0.next.len()].name);
        let next = self.bind(&name, value);
        self.0.next.push(self.0.lets.len() - 1);
        next
    }

    /// A value that is bound already is the next one of the state in order.
    pub(crate) fn next_is(&mut self, value: &Expr) {
        let ExprKind::Let(index) = value.kind else { panic!("not a bound value") };
        self.0.next.push(index);
    }

    /// `gate name = activation(x, h)` with weights and bias of its own, before the activation.
    pub(crate) fn gate(&mut self, name: &str, x: &Expr, h: &Expr) -> Expr {
        let len = h.shape.len();
        let from_x = self.matrix(&format!("{name}.x"), len, x.shape.len());
        let from_h = self.matrix(&format!("{name}.h"), len, len);
        let bias = self.vector(&format!("{name}.b"), len);
        from_x.times(x) + from_h.times(h) + bias
    }

    /// The cell with an output of its own.
    pub(crate) fn output(mut self, output: Expr) -> Cell {
        self.0.output = output;
        self.0
    }

    /// The cell whose output is the first state's next value.
    pub(crate) fn done(self) -> Cell {
        let first = self.0.next[0];
        let shape = self.0.lets[first].value.shape;
        self.output(expr(ExprKind::Let(first), shape))
    }
}

/// A matrix parameter.
#[derive(Clone, Copy)]
pub(crate) struct Matrix {
    param: usize,
    rows: usize,
    columns: usize,
}

impl Matrix {
    pub(crate) fn times(self, operand: &Expr) -> Expr {
        let operand = Box::new(operand.clone());
        let kind = ExprKind::Product { param: self.param, transposed: false, operand };
        expr(kind, Shape::Vector(self.rows))
    }

    pub(crate) fn transposed_times(self, operand: &Expr) -> Expr {
        let operand = Box::new(operand.clone());
        let kind = ExprKind::Product { param: self.param, transposed: true, operand };
        expr(kind, Shape::Vector(self.columns))
    }
}

fn expr(kind: ExprKind, shape: Shape) -> Expr {
    Expr { kind, shape }
}

pub(crate) fn number(value: f64) -> Expr {
    expr(ExprKind::Number(Number(value)), Shape::Scalar)
}

pub(crate) fn concat(parts: &[&Expr]) -> Expr {
    let len = parts.iter().map(|part| part.shape.len()).sum();
    let parts = parts.iter().map(|&part| part.clone()).collect();
    expr(ExprKind::Concat(parts), Shape::Vector(len))
}

impl Expr {
    /// `self[start..end]`.
    pub(crate) fn part(&self, start: usize, end: usize) -> Expr {
        let kind = ExprKind::Slice { operand: Box::new(self.clone()), start };
        expr(kind, Shape::Vector(end - start))
    }

    pub(crate) fn apply(&self, function: impl Into<Unary>) -> Expr {
        expr(ExprKind::Unary(function.into(), Box::new(self.clone())), self.shape)
    }

    pub(crate) fn with(&self, function: Zip, other: &Expr) -> Expr {
        let shape = broadcast(self.shape, other.shape).expect("shapes that go together");
        let kind = ExprKind::Binary(function, Box::new(self.clone()), Box::new(other.clone()));
        expr(kind, shape)
    }

    pub(crate) fn sigmoid(&self) -> Expr {
        self.apply(Map::Sigmoid)
    }

    pub(crate) fn tanh(&self) -> Expr {
        self.apply(Map::Tanh)
    }

    /// `sum`, `mean` or `norm`.
    pub(crate) fn to_scalar(&self, function: Reduce) -> Expr {
        expr(ExprKind::Reduce(function, vec![self.clone()]), Shape::Scalar)
    }

    pub(crate) fn dot(&self, other: &Expr) -> Expr {
        let operands = vec![self.clone(), other.clone()];
        expr(ExprKind::Reduce(Reduce::Dot, operands), Shape::Scalar)
    }

    pub(crate) fn softmax(&self) -> Expr {
        expr(ExprKind::Reduce(Reduce::Softmax, vec![self.clone()]), self.shape)
    }

    /// Plain for no further operands, else with gain and bias.
    pub(crate) fn layer_norm(&self, further: &[&Expr]) -> Expr {
        let operands = std::iter::once(self).chain(further.iter().copied()).cloned().collect();
        let function = Reduce::LayerNorm { epsilon: Number(1e-5) };
        expr(ExprKind::Reduce(function, operands), self.shape)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident),*) => {$(
        impl $trait for Expr {
            type Output = Expr;

            fn $method(self, other: Expr) -> Expr {
                self.with(Zip::$trait, &other)
            }
        }

        impl $trait for &Expr {
            type Output = Expr;

            fn $method(self, other: &Expr) -> Expr {
                self.with(Zip::$trait, other)
            }
        }
    )*};
}

operators!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Expr {
    type Output = Expr;

    fn neg(self) -> Expr {
        self.apply(Map::Neg)
    }
}

/// Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
pub(crate) fn lstm() -> Cell {
    let mut s = Sample::new("Lstm");
    let (x, h, c) = (s.input("x", 3), s.state("h", 4), s.state("c", 4));
    let mut gate = |name| s.gate(name, &x, &h);
    let (i, f, g, o) = (gate("i"), gate("f"), gate("g"), gate("o"));
    let (i, f) = (s.bind("i", i.sigmoid()), s.bind("f", f.sigmoid()));
    let (g, o) = (s.bind("g", g.tanh()), s.bind("o", o.sigmoid()));
    let c_next = s.bind("c[t]", f * c + i * g);
    s.next(o * c_next.tanh());
    s.next_is(&c_next);
    s.done()
}

/// Cho et al. 2014, with the reset gate after the product, as PyTorch has it.
pub(crate) fn gru_reset_after() -> Cell {
    let mut s = Sample::new("Gru");
    let (x, h) = (s.input("x", 3), s.state("h", 4));
    let (r, z) = (s.gate("r", &x, &h), s.gate("z", &x, &h));
    let (r, z) = (s.bind("r", r.sigmoid()), s.bind("z", z.sigmoid()));
    let (w, u) = (s.matrix("W_n", 4, 3), s.matrix("U_n", 4, 4));
    let (b, c) = (s.vector("b_n", 4), s.vector("c_n", 4));
    let n = s.bind("n", (w.times(&x) + b + r * (u.times(&h) + c)).tanh());
    s.next((number(1.0) - z.clone()) * n + z * h);
    s.done()
}

/// Layer normalisation of the sum before the activation (Ba, Kiros and Hinton 2016).
pub(crate) fn layer_norm() -> Cell {
    let mut s = Sample::new("LayerNorm");
    let (x, h) = (s.input("x", 3), s.state("h", 4));
    let (w, u) = (s.matrix("W", 4, 3), s.matrix("U", 4, 4));
    let (gain, bias) = (s.vector("gain", 4), s.vector("bias", 4));
    let sum = s.bind("a", w.times(&x) + u.times(&h));
    s.next(sum.layer_norm(&[&gain, &bias]).tanh());
    s.done()
}

/// An LSTM with its gates stacked in one matrix over one concatenation.
pub(crate) fn stacked_lstm() -> Cell {
    let mut s = Sample::new("StackedLstm");
    let (x, h, c) = (s.input("x", 3), s.state("h", 4), s.state("c", 4));
    let (w, b) = (s.matrix("W", 16, 7), s.vector("b", 16));
    let xh = s.bind("xh", concat(&[&x, &h]));
    let pre = s.bind("pre", w.times(&xh) + b);
    let (i, f) = (pre.part(0, 4).sigmoid(), pre.part(4, 8).sigmoid());
    let (g, o) = (pre.part(8, 12).tanh(), pre.part(12, 16).sigmoid());
    let c_next = s.bind("c_new", f * c + i * g);
    s.next(o * c_next.tanh());
    s.next(c_next);
    s.done()
}

/// Attention over slots of the state: softmax, mean, norm and dot beside vectors.
pub(crate) fn reductions() -> Cell {
    let mut s = Sample::new("Reductions");
    let (x, h) = (s.input("x", 4), s.state("h", 4));
    let w = s.matrix("W", 4, 4);
    let score = s.bind("score", w.times(&h) * x.clone());
    let weights = s.bind("weights", score.softmax());
    let size = s.bind("size", h.to_scalar(Reduce::Norm));
    let like = s.bind("like", weights.dot(&x));
    let level = s.bind("level", x.to_scalar(Reduce::Mean) + h.to_scalar(Reduce::Sum) * like);
    let plain = s.bind("plain", (&h + &x).layer_norm(&[]));
    s.next(weights * (h / (size + number(1.0))) + plain * level);
    s.done()
}

/// Values of the call: squashed scalars, a sliced and joined parameter, one parameter used both
/// ways.
pub(crate) fn call_level() -> Cell {
    let mut s = Sample::new("CallLevel");
    let (x, h) = (s.input("x", 4), s.state("h", 4));
    let (alpha, v, w) = (s.scalar("alpha"), s.vector("v", 4), s.vector("w", 8));
    let (mask, u) = (s.fixed_vector("mask", 4), s.fixed_matrix("U", 4, 4));
    let decay = s.bind("decay", alpha.sigmoid() * v.clone());
    let mixed = s.bind("mixed", concat(&[&w.part(4, 6), &w.part(1, 3)]) * mask.clone());
    let pull = u.times(&(&h * &alpha)).tanh();
    s.next(decay * h + mixed * x + v.clone() * pull + mask);
    s.output(w.to_scalar(Reduce::Norm) * v)
}

/// Next values and outputs that are leaves or shared, and transposed products.
pub(crate) fn unusual_roots() -> Cell {
    let mut s = Sample::new("UnusualRoots");
    let (x, gain) = (s.input("x", 4), s.scalar("gain"));
    let (a, b, c, d) = (s.state("a", 4), s.state("b", 4), s.state("c", 4), s.state("d", 4));
    let (e, w, start) = (s.state("e", 4), s.matrix("W", 4, 4), s.vector("start", 4));
    let spun = w.times(&a) - w.transposed_times(&(&a * &gain));
    let shared = s.next((spun + c * d).tanh());
    s.next(a);
    s.next(x);
    s.next(shared.clone());
    s.next(start);
    s.output(concat(&[&gain, &e.part(1, 3), &shared, &b.part(0, 3)]))
}

/// The cells above.
pub(crate) fn all() -> Vec<Cell> {
    vec![
        lstm(),
        gru_reset_after(),
        layer_norm(),
        stacked_lstm(),
        reductions(),
        call_level(),
        unusual_roots(),
    ]
}
