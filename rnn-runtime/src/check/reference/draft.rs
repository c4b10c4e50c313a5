//! Graphs written by hand, for tests: a builder of the static data that the macro emits.

use std::boxed::Box;
use std::vec::Vec;

use crate::declaration::graph::{
    Binary, CellGraph, Init, Node, Op, ParamInfo, Port, Reduce, Shape, Unary, WeightFormat,
};

/// A graph under construction. Methods that add a node return its index.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) inputs: Vec<Port>,
    pub(crate) states: Vec<Port>,
    pub(crate) params: Vec<ParamInfo>,
    pub(crate) nodes: Vec<Node>,
    next: Vec<usize>,
}

impl Draft {
    pub(crate) fn node(&mut self, op: Op, args: &[usize], shape: Shape) -> usize {
        self.nodes.push(Node { op, args: leak(args.to_vec()), shape, name: None });
        self.nodes.len() - 1
    }

    pub(crate) fn input(&mut self, name: &'static str, len: usize) -> usize {
        self.inputs.push(Port { name, len });
        self.node(Op::Input(self.inputs.len() - 1), &[], Shape::Vector(len))
    }

    /// The state before the step; states get their next values in the same order.
    pub(crate) fn state(&mut self, name: &'static str, len: usize) -> usize {
        self.states.push(Port { name, len });
        self.node(Op::Prev(self.states.len() - 1), &[], Shape::Vector(len))
    }

    /// The next value of the first state that has none yet.
    pub(crate) fn next(&mut self, node: usize) {
        self.next.push(node);
    }

    /// Adds a parameter and returns its index among the parameters.
    pub(crate) fn info(&mut self, name: &'static str, shape: Shape) -> usize {
        let offset = self.params.last().map_or(0, |p| p.offset + p.shape.len());
        let init = Init::Constant(0.0);
        self.params.push(ParamInfo { name, shape, offset, init, trainable: true });
        self.params.len() - 1
    }

    /// A vector or scalar parameter.
    pub(crate) fn param(&mut self, name: &'static str, shape: Shape) -> usize {
        let param = self.info(name, shape);
        self.node(Op::Param(param), &[], shape)
    }

    /// A new matrix parameter with as many rows as `rows` says, times `v`.
    pub(crate) fn times(&mut self, name: &'static str, rows: usize, v: usize) -> usize {
        let param = self.info(name, Shape::Matrix(rows, self.len(v)));
        self.params[param].init = Init::Glorot;
        self.node(Op::Product { param, transposed: false }, &[v], Shape::Vector(rows))
    }

    pub(crate) fn unary(&mut self, f: Unary, u: usize) -> usize {
        self.node(Op::Unary(f), &[u], self.nodes[u].shape)
    }

    pub(crate) fn binary(&mut self, f: Binary, a: usize, b: usize) -> usize {
        let longer = if self.len(a) > self.len(b) { a } else { b };
        self.node(Op::Binary(f), &[a, b], self.nodes[longer].shape)
    }

    pub(crate) fn add(&mut self, a: usize, b: usize) -> usize {
        self.binary(Binary::Add, a, b)
    }

    pub(crate) fn mul(&mut self, a: usize, b: usize) -> usize {
        self.binary(Binary::Mul, a, b)
    }

    pub(crate) fn reduce(&mut self, f: Reduce, args: &[usize]) -> usize {
        let shape = match f {
            Reduce::Softmax | Reduce::LayerNorm { .. } => self.nodes[args[0]].shape,
            Reduce::Sum | Reduce::Mean | Reduce::Dot | Reduce::Norm => Shape::Scalar,
        };
        self.node(Op::Reduce(f), args, shape)
    }

    pub(crate) fn len(&self, node: usize) -> usize {
        self.nodes[node].shape.len()
    }

    /// The graph, with this node as the output.
    pub(crate) fn graph(self, name: &'static str, output: usize) -> CellGraph {
        CellGraph {
            name,
            equations: "",
            explanation: "",
            output_len: self.len(output),
            inputs: leak(self.inputs),
            states: leak(self.states),
            params: leak(self.params),
            nodes: leak(self.nodes),
            next: leak(self.next),
            output,
            steps: None,
            weights: WeightFormat::Full,
            fast: false,
        }
    }

    /// The same, for good.
    pub(crate) fn leak(self, name: &'static str, output: usize) -> &'static CellGraph {
        Box::leak(Box::new(self.graph(name, output)))
    }
}

fn leak<T>(values: Vec<T>) -> &'static [T] {
    Vec::leak(values)
}

/// `h[t] = f(W x + U h + b)`; parameters `W`, `U`, `b`, nodes as written.
pub(crate) fn elman(f: Unary, inputs: usize, units: usize) -> &'static CellGraph {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", inputs), d.state("h", units));
    let (wx, uh) = (d.times("W", units, x), d.times("U", units, h));
    let b = d.param("b", Shape::Vector(units));
    let sum = d.add(wx, uh);
    let sum = d.add(sum, b);
    let next = d.unary(f, sum);
    d.next(next);
    d.leak("Elman", next)
}

/// Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000: gates i, f, g, o with
/// parameters `W` `[4 H, I]`, `U` `[4 H, H]`, `b` `[4 H]`; states h, c.
pub(crate) fn lstm(inputs: usize, units: usize) -> &'static CellGraph {
    let mut d = Draft::default();
    let x = d.input("x", inputs);
    let (h, c) = (d.state("h", units), d.state("c", units));
    let (wx, uh) = (d.times("W", 4 * units, x), d.times("U", 4 * units, h));
    let b = d.param("b", Shape::Vector(4 * units));
    let sum = d.add(wx, uh);
    let sum = d.add(sum, b);
    let mut gate = |number: usize, f: Unary| {
        let start = number * units;
        let part = d.node(Op::Slice { start }, &[sum], Shape::Vector(units));
        d.unary(f, part)
    };
    let (i, f) = (gate(0, Unary::Sigmoid), gate(1, Unary::Sigmoid));
    let (g, o) = (gate(2, Unary::Tanh), gate(3, Unary::Sigmoid));
    let (kept, new) = (d.mul(f, c), d.mul(i, g));
    let c = d.add(kept, new);
    let squashed = d.unary(Unary::Tanh, c);
    let h = d.mul(o, squashed);
    d.next(h);
    d.next(c);
    d.leak("Lstm", h)
}
