//! Adjoints against central finite differences.

use super::values::{functions, of_input, points};
use crate::check::cell::Cell;
use crate::functions::{Map, Unary, Zip};
use crate::graph::evaluate::{Point, values};
use crate::graph::samples::{self, Sample, concat, number};
use crate::graph::{GradTerm, Graph, NodeId, Op, passes};
use crate::ops::{Number, Reduce};

/// Step of the differences: the error of the formula is its square, that of rounding 1e-16 over it.
const STEP: f64 = 1e-5;
const TOLERANCE: f64 = 1e-7;

/// All derivatives of [`Point::loss`].
struct Gradient {
    inputs: Vec<Vec<f64>>,
    states: Vec<Vec<f64>>,
    params: Vec<Vec<f64>>,
}

fn differentiated(cell: &Cell) -> Graph {
    passes::backward(passes::forward(&passes::source(cell), cell), cell)
}

/// What the backward results of the graph say.
fn analytic(graph: &Graph, point: &Point) -> Gradient {
    let backward = graph.backward.as_ref().expect("a differentiated graph");
    let values = values(graph, point);
    let of = |ids: &[Option<NodeId>], like: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let value = |(id, like): (&Option<NodeId>, &Vec<f64>)| match id {
            Some(id) => values[id.index()].clone(),
            None => vec![0.0; like.len()],
        };
        ids.iter().zip(like).map(value).collect()
    };
    let mut params: Vec<Vec<f64>> = point.params.iter().map(|p| vec![0.0; p.len()]).collect();
    let add = |sum: &mut [f64], term: &[f64]| sum.iter_mut().zip(term).for_each(|(s, t)| *s += t);
    for term in &backward.terms {
        match *term {
            GradTerm::Outer { matrix, left, right } => {
                for (row, l) in values[left.index()].iter().enumerate() {
                    for (column, r) in values[right.index()].iter().enumerate() {
                        let (param, at) = point.place(matrix, row, column);
                        params[param][at] += l * r;
                    }
                }
            }
            GradTerm::Sum { of, value } => {
                if let Op::Param(param) = graph.node(of).op {
                    add(&mut params[param], &values[value.index()]);
                }
            }
        }
    }
    for &(param, id) in &backward.call {
        add(&mut params[param], &values[id.index()]);
    }
    Gradient {
        inputs: of(&backward.inputs, &point.inputs),
        states: of(&backward.prev, &point.states),
        params,
    }
}

/// Central differences of the loss by one group of numbers.
fn differences(
    graph: &Graph,
    point: &Point,
    group: fn(&mut Point) -> &mut Vec<Vec<f64>>,
) -> Vec<Vec<f64>> {
    let mut moved = point.clone();
    let lens: Vec<usize> = group(&mut moved).iter().map(Vec::len).collect();
    let mut all = Vec::new();
    for (index, len) in lens.into_iter().enumerate() {
        let mut slopes = Vec::new();
        for entry in 0..len {
            let centre = group(&mut moved)[index][entry];
            group(&mut moved)[index][entry] = centre + STEP;
            let above = moved.loss(graph);
            group(&mut moved)[index][entry] = centre - STEP;
            let below = moved.loss(graph);
            group(&mut moved)[index][entry] = centre;
            slopes.push((above - below) / (2.0 * STEP));
        }
        all.push(slopes);
    }
    all
}

fn compare(what: &str, computed: &[Vec<f64>], expected: &[Vec<f64>], context: &str) {
    for (index, (a, b)) in computed.iter().zip(expected).enumerate() {
        for (entry, (a, b)) in a.iter().zip(b).enumerate() {
            let bound = TOLERANCE * a.abs().max(b.abs()).max(1.0);
            assert!((a - b).abs() <= bound, "{what} {index}[{entry}]: {a}, not {b}\n{context}");
        }
    }
}

/// All gradients of a cell at some points; those of fixed parameters are zero.
pub(super) fn check_at(cell: &Cell, points: impl IntoIterator<Item = Point>) {
    let source = passes::source(cell);
    let graph = differentiated(cell);
    let context = format!("{}\n{}", cell.name, graph.display(cell));
    for point in points {
        let gradient = analytic(&graph, &point);
        let inputs = differences(&source, &point, |point| &mut point.inputs);
        let states = differences(&source, &point, |point| &mut point.states);
        let mut params = differences(&source, &point, |point| &mut point.params);
        for (slopes, param) in params.iter_mut().zip(&cell.params) {
            if !param.trainable {
                slopes.fill(0.0);
            }
        }
        compare("input", &gradient.inputs, &inputs, &context);
        compare("state", &gradient.states, &states, &context);
        compare("parameter", &gradient.params, &params, &context);
    }
}

fn check(cell: &Cell) {
    check_at(cell, (0..5).map(|seed| Point::random(cell, seed)));
}

#[test]
fn cells() {
    samples::all().iter().for_each(check);
}

#[test]
fn functions_of_one_operand() {
    for function in functions() {
        let cell = of_input(function, 1);
        let at = |x: f64| {
            let mut point = Point::random(&cell, 3);
            point.inputs[0] = vec![x];
            point
        };
        // Zero is a kink of some, and a pole of others.
        check_at(&cell, points(function).into_iter().filter(|x| *x != 0.0).map(at));
    }
}

#[test]
fn functions_of_two_operands_with_scalars() {
    let operators = [Zip::Add, Zip::Sub, Zip::Mul, Zip::Div];
    for &function in operators.iter().chain(Zip::NAMED) {
        let mut s = Sample::new("Two");
        let (x, h) = (s.input("x", 3), s.state("h", 3));
        let (scalar, v) = (s.scalar("s"), s.vector("v", 3));
        let mixed = x.with(function, &h) + v.with(function, &h);
        let scalars = x.with(function, &scalar) + scalar.with(function, &h);
        let own = scalar.with(function, &number(0.7)) * number(0.3).with(function, &scalar);
        s.next(mixed + scalars * own + x.with(function, &x));
        let cell = s.done();
        let away_from_zero = |seed| {
            let mut point = Point::random(&cell, seed);
            let Point { inputs, states, params, .. } = &mut point;
            for value in inputs.iter_mut().chain(states).chain(params).flatten() {
                *value = value.signum() * (0.5 + 0.5 * value.abs());
            }
            point
        };
        check_at(&cell, (0..5).map(away_from_zero));
    }
}

#[test]
fn overlapping_parts_and_scalars_in_joins() {
    let mut s = Sample::new("Parts");
    let (x, h) = (s.input("x", 6), s.state("h", 6));
    let (scalar, w) = (s.scalar("s"), s.matrix("W", 6, 6));
    let z = s.bind("z", w.times(&concat(&[&x.part(1, 4), &scalar, &h.part(0, 2)])));
    let y = z.part(0, 3) * z.part(2, 5) + h.part(0, 3) * h.part(1, 4) * h.part(3, 6);
    s.next(concat(&[&y, &z.part(1, 6).part(1, 3), &z.to_scalar(Reduce::Mean)]));
    check(&s.done());
}

/// The derivative of the function at `x`, with 1 as the adjoint.
fn slope(function: impl Into<Unary>, x: f64) -> f64 {
    let function = function.into();
    let cell = of_input(function, 1);
    let mut point = Point::random(&cell, 0);
    point.inputs[0] = vec![x];
    point.adjoint_next[0] = vec![1.0];
    point.adjoint_output = vec![0.0];
    analytic(&differentiated(&cell), &point).inputs[0][0]
}

#[test]
fn slopes_at_kinks_are_those_documented() {
    let a = Number(0.25);
    assert_eq!(slope(Unary::Relu, 0.0), 0.0);
    assert_eq!(slope(Unary::LeakyRelu(a), 0.0), 0.25);
    assert_eq!(slope(Unary::Elu(a), 0.0), 0.25);
    assert_eq!(slope(Map::Abs, 0.0), 0.0);
    assert_eq!(slope(Map::Sign, 0.0), 0.0);
    assert_eq!(slope(Map::Floor, 1.0), 0.0);
    assert_eq!(slope(Map::Round, 0.5), 0.0);
    for end in [-1.0, 1.0] {
        assert_eq!(slope(Unary::HardTanh, end), 0.0);
        assert_eq!(slope(Unary::HardSigmoid, 3.0 * end), 0.0);
        assert_eq!(slope(Unary::Clamp(Number(-1.0), Number(1.0)), end), 0.0);
    }
    for exponent in [1.5, 1.7, 2.0, 2.5] {
        assert_eq!(slope(Unary::Pow(Number(exponent)), 0.0), 0.0, "power {exponent}");
    }
}

#[test]
fn ties_go_to_the_second_operand() {
    for function in [Zip::Min, Zip::Max] {
        let mut s = Sample::new("Tie");
        let (x, h) = (s.input("x", 1), s.state("h", 1));
        s.next(x.with(function, &h));
        let cell = s.done();
        let mut point = Point::random(&cell, 0);
        (point.inputs[0], point.states[0]) = (vec![0.5], vec![0.5]);
        (point.adjoint_next[0], point.adjoint_output) = (vec![1.0], vec![0.0]);
        let gradient = analytic(&differentiated(&cell), &point);
        assert_eq!((gradient.inputs[0][0], gradient.states[0][0]), (0.0, 1.0), "{function:?}");
    }
}

#[test]
fn the_norm_of_the_zero_vector_has_slope_zero() {
    let mut s = Sample::new("Norm");
    let (x, h) = (s.input("x", 3), s.state("h", 3));
    s.next(h * x.to_scalar(Reduce::Norm));
    let cell = s.done();
    let mut point = Point::random(&cell, 0);
    point.inputs[0] = vec![0.0; 3];
    let gradient = analytic(&differentiated(&cell), &point);
    assert_eq!(gradient.inputs[0], [0.0; 3]);
}

#[test]
fn zero_adjoints_are_none() {
    let cell = samples::unusual_roots();
    let graph = differentiated(&cell);
    let backward = graph.backward.expect("a differentiated graph");
    assert!(backward.prev.iter().all(Option::is_some));
    let mut s = Sample::new("Unread");
    let (x, _) = (s.input("x", 2), s.state("h", 2));
    s.next(x.apply(Map::Sign) + x.apply(Map::Tanh) * number(0.0));
    let cell = s.done();
    let graph = differentiated(&cell);
    let backward = graph.backward.as_ref().expect("a differentiated graph");
    assert_eq!((&backward.prev[..], &backward.inputs[..]), (&[None][..], &[None][..]));
    let adjoint = |id| matches!(graph.node(id).op, Op::AdjNext(_) | Op::AdjOutput);
    assert!(!graph.ids().any(adjoint), "{}", graph.display(&cell));
}

#[test]
fn a_selection_between_zeros_of_either_sign_is_no_gradient() {
    let mut s = Sample::new("Nothing");
    let (p, _) = (s.vector("p", 1), s.state("h", 1));
    s.next(p.apply(Unary::Relu).apply(Map::Cos) * number(0.0));
    let cell = s.done();
    let graph = differentiated(&cell);
    let backward = graph.backward.as_ref().expect("a differentiated graph");
    assert!(backward.call.is_empty(), "{}", graph.display(&cell));
}

#[test]
fn direct_use_of_a_parameter_stays_out_of_the_call() {
    let cell = samples::call_level();
    let graph = differentiated(&cell);
    let backward = graph.backward.as_ref().expect("a differentiated graph");
    let names = |index: usize| cell.params[index].name.as_str();
    let call: Vec<&str> = backward.call.iter().map(|&(param, _)| names(param)).collect();
    assert_eq!(call, ["alpha", "v", "w"]);
    let direct = backward.terms.iter().filter_map(|term| match *term {
        GradTerm::Sum { of, .. } => match graph.node(of).op {
            Op::Param(param) => Some(names(param)),
            _ => None,
        },
        GradTerm::Outer { .. } => None,
    });
    assert_eq!(direct.collect::<Vec<_>>(), ["alpha", "v"]);
}
