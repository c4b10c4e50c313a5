//! Every pass keeps values.

use crate::check::cell::Cell;
use crate::functions::{Map, Unary};
use crate::graph::evaluate::{Point, values};
use crate::graph::samples::{self, Sample, concat};
use crate::graph::verify::{Dialect, verify};
use crate::graph::{Graph, MatrixRef, Op, expand, lower, passes, simplify, split};
use crate::ops::Number;

/// Rounding of a few dozen operations in f64.
const TOLERANCE: f64 = 1e-11;

/// Every function, each with numbers that tell its cases apart.
pub(super) fn functions() -> Vec<Unary> {
    let mut all: Vec<Unary> = Unary::elementwise().collect();
    all.extend([Map::Neg.into(), Unary::Elu(Number(1.5)), Unary::Clamp(Number(-0.5), Number(2.0))]);
    for exponent in [0.0, 1.0, 2.0, 7.0, -3.0, 0.5, 2.5, -1.5, 1.7, 0.3, -0.7, 17.0] {
        all.push(Unary::Pow(Number(exponent)));
    }
    all
}

/// Where the function is defined: all of these, or the positive ones.
pub(super) fn points(function: Unary) -> Vec<f64> {
    let positive = match function {
        Unary::Map(Map::Log | Map::Log1p | Map::Sqrt) | Unary::Rsqrt => true,
        Unary::Pow(exponent) => exponent.0.fract() != 0.0 || exponent.0.abs() > 16.0,
        _ => false,
    };
    let step = |i: i32| f64::from(i) * 0.113;
    if positive { (1..60).map(step).collect() } else { (-59..60).map(step).collect() }
}

/// The function of an input, as the only state.
pub(super) fn of_input(function: Unary, len: usize) -> Cell {
    let mut s = Sample::new("Function");
    let (x, _) = (s.input("x", len), s.state("h", len));
    s.next(x.apply(function));
    s.done()
}

fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn functions_keep_their_values() {
    for function in functions() {
        let mut points = points(function);
        points.push(0.0);
        let cell = of_input(function, points.len());
        let mut point = Point::random(&cell, 1);
        point.inputs[0] = points.clone();
        let graph = passes::forward(&passes::source(&cell), &cell);
        let computed = &values(&graph, &point)[graph.next[0].index()];
        for (&x, &y) in points.iter().zip(computed) {
            assert!(close(y, function.value(x)), "{function:?} of {x}: {y}");
        }
    }
}

#[test]
fn saturated_functions_stay_finite() {
    for function in functions() {
        let grows = matches!(function, Unary::Map(Map::Exp) | Unary::Pow(_));
        if grows || [-900.0, 900.0].iter().any(|&x| !function.value(x).is_finite()) {
            continue;
        }
        for x in [-900.0, 900.0] {
            let cell = of_input(function, 1);
            let mut point = Point::random(&cell, 1);
            point.inputs[0] = vec![x];
            let forward = passes::forward(&passes::source(&cell), &cell);
            let graph = passes::backward(forward, &cell);
            let values = values(&graph, &point);
            let y = values[graph.next[0].index()][0];
            let slope = graph.backward.as_ref().and_then(|backward| backward.inputs[0]);
            let slope = slope.map_or(0.0, |id| values[id.index()][0]);
            assert!(y.is_finite() && slope.is_finite(), "{function:?} of {x}: {y}, slope {slope}");
        }
    }
}

/// The results of a graph, one after another.
fn results(graph: &Graph, point: &Point) -> Vec<f64> {
    let values = values(graph, point);
    graph.next.iter().chain(&graph.output).flat_map(|id| values[id.index()].clone()).collect()
}

/// Each pass by itself gives the values that the declaration states.
pub(super) fn check_passes(cell: &Cell) {
    let source = lower::lower(cell);
    verify(&source, cell, Dialect::Source);
    let expanded = expand::expand(&source, cell);
    verify(&expanded, cell, Dialect::Primitive);
    let split = split::split(&expanded);
    verify(&split, cell, Dialect::Primitive);
    let simple = simplify::simplify(split.clone(), cell.double);
    verify(&simple, cell, Dialect::Primitive);
    for seed in 0..10 {
        let point = Point::random(cell, seed);
        let expected = results(&source, &point);
        for graph in [&expanded, &split, &simple] {
            for (&a, b) in expected.iter().zip(results(graph, &point)) {
                assert!(close(a, b), "{} {a} {b}\n{}", cell.name, graph.display(cell));
            }
        }
    }
}

#[test]
fn passes_keep_the_values_of_cells() {
    samples::all().iter().for_each(check_passes);
}

#[test]
fn passes_are_deterministic_and_simplify_ends() {
    for cell in samples::all() {
        let build = || passes::backward(passes::forward(&passes::source(&cell), &cell), &cell);
        let graph = build();
        let text = graph.display(&cell).to_string();
        assert_eq!(text, build().display(&cell).to_string());
        assert_eq!(text, simplify::simplify(graph, cell.double).display(&cell).to_string());
    }
}

fn products(graph: &Graph) -> Vec<MatrixRef> {
    let product = |id| match graph.node(id).op {
        Op::Product(matrix) => Some(matrix),
        _ => None,
    };
    graph.ids().filter_map(product).collect()
}

#[test]
fn stacked_gates_are_split_into_rectangles() {
    let cell = samples::stacked_lstm();
    let graph = passes::forward(&passes::source(&cell), &cell);
    let found = products(&graph);
    assert_eq!(found.len(), 8, "four gates of two operands\n{}", graph.display(&cell));
    assert!(found.iter().all(|m| m.rows == 4 && (m.columns == 3 || m.columns == 4)));
    let joined = graph.ids().any(|id| graph.node(id).op == Op::Concat);
    assert!(!joined, "no concatenation is left\n{}", graph.display(&cell));
}

#[test]
fn a_product_that_is_read_whole_as_well_is_computed_once() {
    let mut s = Sample::new("Shared");
    let (x, h) = (s.input("x", 4), s.state("h", 4));
    let w = s.matrix("W", 4, 4);
    let z = s.bind("z", w.times(&x));
    let head = z.part(0, 2).tanh();
    s.next(h * z.clone() + concat(&[&head, &z.part(1, 3)]));
    let cell = s.done();
    let graph = passes::forward(&passes::source(&cell), &cell);
    assert_eq!(products(&graph).len(), 1, "{}", graph.display(&cell));
}
