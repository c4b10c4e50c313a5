//! Gradients of small recurrent cells, one for each operation, against finite differences.

use std::string::String;
use std::vec::Vec;

use super::unary_table::UNARY;
use crate::check::reference::draft::Draft;
use crate::check::verify::{Options, largest_difference};
use crate::declaration::graph::{Binary, CellGraph, Op, Reduce, Shape, Unary};

const N: usize = 3;

/// `h[t] = tanh(f(p * x + h / 4) / 4)`: `f` gets the operand and returns its node.
fn around(f: impl FnOnce(&mut Draft, usize) -> usize) -> &'static CellGraph {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", N), d.state("h", N));
    let p = d.param("p", Shape::Vector(N));
    let quarter = d.node(Op::Const(0.25), &[], Shape::Scalar);
    let (px, h) = (d.mul(p, x), d.mul(quarter, h));
    let u = d.add(px, h);
    let y = f(&mut d, u);
    let y = d.mul(quarter, y);
    let next = d.unary(Unary::Tanh, y);
    d.next(next);
    d.leak("Around", next)
}

/// With these ranges of `x` and `p`, `p * x + h / 4` stays positive.
const POSITIVE: (f64, f64) = (0.6, 2.0);

fn check(name: &str, graph: &'static CellGraph, range: (f64, f64)) {
    let ranges = ["x", "p"].map(|n| (String::from(n), range.0, range.1));
    let options = Options { ranges: Vec::from(ranges), ..Options::default() };
    let error = largest_difference(graph, &options).unwrap();
    assert!(error < 1e-8, "{name}: {error:e}");
}

#[test]
fn unary_functions() {
    for &(f, ..) in UNARY {
        let positive = matches!(
            f,
            Unary::Log | Unary::Log1p | Unary::Sqrt | Unary::Rsqrt | Unary::Recip | Unary::Pow(_)
        );
        let range = if positive { POSITIVE } else { (-2.0, 2.0) };
        check(&format!("{f:?}"), around(|d, u| d.unary(f, u)), range);
    }
}

#[test]
fn binary_functions_and_their_broadcasts() {
    let functions = [
        Binary::Add,
        Binary::Sub,
        Binary::Mul,
        Binary::Div,
        Binary::Min,
        Binary::Max,
        Binary::Logaddexp,
    ];
    for f in functions {
        // Denominators are 2 + sin, never near zero.
        let away = |d: &mut Draft, u: usize| {
            let s = d.unary(Unary::Sin, u);
            let two = d.node(Op::Const(2.0), &[], Shape::Scalar);
            d.add(s, two)
        };
        let both = around(|d, u| {
            let v = away(d, u);
            let w = d.unary(Unary::Cos, u);
            let y = d.binary(f, w, v);
            d.add(y, u)
        });
        check(&format!("{f:?} of vectors"), both, (-2.0, 2.0));
        let scalars = around(|d, u| {
            let mean = d.reduce(Reduce::Mean, &[u]);
            let (v, m) = (away(d, u), away(d, mean));
            let left = d.binary(f, mean, v);
            let right = d.binary(f, u, m);
            d.add(left, right)
        });
        check(&format!("{f:?} with a scalar"), scalars, (-2.0, 2.0));
        let rows = around(|d, u| {
            let (q, s) = (d.param("q", Shape::Vector(N)), d.param("s", Shape::Scalar));
            let (q2, s2) = (away(d, q), away(d, s));
            let of_params = d.binary(f, q, s2);
            let left = d.binary(f, of_params, q2);
            let right = d.binary(f, u, s2);
            d.add(left, right)
        });
        check(&format!("{f:?} with parameters"), rows, (-2.0, 2.0));
    }
}

#[test]
fn functions_of_vectors() {
    let table = [
        Reduce::Sum,
        Reduce::Mean,
        Reduce::Dot,
        Reduce::Norm,
        Reduce::Softmax,
        Reduce::LayerNorm { epsilon: 1e-5 },
    ];
    for f in table {
        let of_rows = around(|d, u| {
            let s = d.unary(Unary::Sin, u);
            let args = if f == Reduce::Dot { vec![u, s] } else { vec![s] };
            let y = d.reduce(f, &args);
            d.mul(y, u)
        });
        check(&format!("{f:?}"), of_rows, (-2.0, 2.0));
        let of_params = around(|d, u| {
            let q = d.param("q", Shape::Vector(N));
            let args = if f == Reduce::Dot { vec![u, q] } else { vec![q] };
            let y = d.reduce(f, &args);
            d.mul(y, u)
        });
        check(&format!("{f:?} of a parameter"), of_params, (-2.0, 2.0));
    }
    let affine = around(|d, u| {
        let (gain, bias) = (d.param("gain", Shape::Vector(N)), d.param("bias", Shape::Vector(N)));
        d.reduce(Reduce::LayerNorm { epsilon: 1e-5 }, &[u, gain, bias])
    });
    check("layer norm with gain and bias", affine, (-2.0, 2.0));
    let swapped = around(|d, u| {
        let q = d.param("q", Shape::Vector(N));
        d.reduce(Reduce::LayerNorm { epsilon: 1e-5 }, &[q, u, u])
    });
    check("layer norm of a parameter, gain and bias of rows", swapped, (-2.0, 2.0));
}

#[test]
fn products_concatenations_and_slices() {
    let graph = around(|d, u| {
        let q = d.param("q", Shape::Vector(2));
        let joined = d.node(Op::Concat, &[u, q, u], Shape::Vector(2 * N + 2));
        let product = d.times("W", N, joined);
        let param = d.params.len() - 1;
        let transposed = Op::Product { param, transposed: true };
        let back = d.node(transposed, &[product], Shape::Vector(2 * N + 2));
        let slice = d.node(Op::Slice { start: 2 }, &[back], Shape::Vector(N));
        let overlapping = d.node(Op::Slice { start: 1 }, &[back], Shape::Vector(N));
        let of_params = d.times("V", N, q);
        let sum = d.add(slice, overlapping);
        d.add(sum, of_params)
    });
    check("products", graph, (-1.0, 1.0));
}

#[test]
fn outputs_and_states_that_do_not_depend_on_the_row() {
    let mut d = Draft::default();
    let (x, _, g) = (d.input("x", N), d.state("h", N), d.state("g", N));
    let (p, s) = (d.param("p", Shape::Vector(N)), d.param("s", Shape::Scalar));
    let gx = d.mul(g, x);
    let gx = d.add(gx, p);
    let scaled = d.mul(s, p);
    d.next(s);
    d.next(gx);
    check("rows", d.leak("Rows", scaled), (-1.0, 1.0));
}
