//! The value and derivative of each function at points where they are known.

use std::vec::Vec;

use ndarray::{Array2, arr2, arr3};

use super::unary_table::UNARY;
use crate::check::reference::draft::Draft;
use crate::check::reference::{Adjoints, Reference};
use crate::declaration::graph::{Binary, CellGraph, Op, Reduce, Shape, Unary};
use crate::kernels::element::Element;

/// A cell without state that applies `op` to inputs of these lengths.
fn apply(op: Op, lens: &[usize], shape: Shape) -> &'static CellGraph {
    let mut d = Draft::default();
    let args: Vec<_> = lens.iter().map(|&len| d.input("x", len)).collect();
    let node = d.node(op, &args, shape);
    d.leak("Function", node)
}

/// Value of `op` on one row an operand, and the gradients of its sum weighted by `weights`.
fn run<E: Element>(
    op: Op,
    operands: &[&[f64]],
    weights: &[f64],
    shape: Shape,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let lens: Vec<_> = operands.iter().map(|o| o.len()).collect();
    let reference = Reference::<E>::new::<E>(apply(op, &lens, shape), &[]).unwrap();
    let array = |values: &[f64]| {
        let row = values.iter().map(|&v| E::from_f64(v)).collect();
        ndarray::Array3::from_shape_vec((1, 1, values.len()), row).unwrap()
    };
    let inputs: Vec<_> = operands.iter().map(|o| array(o)).collect();
    let inputs: Vec<_> = inputs.iter().map(|i| i.view()).collect();
    let tape = reference.record(&inputs, &[]).unwrap();
    let weights = array(weights);
    let adjoints = Adjoints { outputs: Some(weights.view()), states: &[] };
    let gradients = tape.backward(&adjoints).unwrap();
    let widen = |a: ndarray::ArrayView3<'_, E>| a.iter().map(|&v| v.as_f64()).collect::<Vec<_>>();
    (widen(tape.outputs()), gradients.inputs.iter().map(|g| widen(g.view())).collect())
}

fn close(found: f64, expected: f64, bound: f64) -> bool {
    (found - expected).abs() <= bound * expected.abs().max(1e-3)
}

#[test]
fn unary_functions_have_their_values_and_derivatives() {
    for &(f, u, value, slope) in UNARY {
        for (found, bound) in [
            (run::<f64>(Op::Unary(f), &[&[u]], &[1.0], Shape::Vector(1)), 1e-12),
            (run::<f32>(Op::Unary(f), &[&[u]], &[1.0], Shape::Vector(1)), 1e-5),
        ] {
            let (y, dy) = (found.0[0], found.1[0][0]);
            assert!(close(y, value, bound), "{f:?}({u}) = {y}, expected {value}");
            assert!(close(dy, slope, bound), "{f:?}'({u}) = {dy}, expected {slope}");
        }
    }
}

#[test]
fn derivatives_at_kinks_are_those_documented() {
    let table = [
        (Unary::Relu, 0.0, 0.0),
        (Unary::LeakyRelu(0.25), 0.0, 0.25),
        (Unary::Elu(0.5), 0.0, 0.5),
        (Unary::HardSigmoid, 3.0, 0.0),
        (Unary::HardSigmoid, -3.0, 0.0),
        (Unary::HardTanh, 1.0, 0.0),
        (Unary::HardTanh, -1.0, 0.0),
        (Unary::Abs, 0.0, 0.0),
        (Unary::Sign, 0.0, 0.0),
        (Unary::Floor, 2.0, 0.0),
        (Unary::Round, 2.5, 0.0),
        (Unary::Log1p, -1.0, f64::INFINITY),
        (Unary::Atan, f64::INFINITY, 0.0),
        (Unary::Clamp(-0.5, 2.0), -0.5, 0.0),
        (Unary::Clamp(-0.5, 2.0), 2.0, 0.0),
        (Unary::Pow(0.0), 0.0, 0.0),
        (Unary::Pow(1.0), 0.0, 1.0),
    ];
    for (f, u, slope) in table {
        let (_, gradient) = run::<f64>(Op::Unary(f), &[&[u]], &[1.0], Shape::Vector(1));
        assert_eq!(gradient[0][0], slope, "{f:?} at {u}");
    }
    for f in [Binary::Min, Binary::Max] {
        let (_, gradient) = run::<f64>(Op::Binary(f), &[&[2.0], &[2.0]], &[1.0], Shape::Vector(1));
        assert_eq!(gradient, [[0.0], [1.0]], "{f:?} of equal operands");
    }
    let zero: &[f64] = &[0.0, 0.0];
    let (_, gradient) = run::<f64>(Op::Reduce(Reduce::Norm), &[zero], &[1.0], Shape::Scalar);
    assert_eq!(gradient, [[0.0, 0.0]], "norm of the zero vector");
}

#[test]
fn extreme_operands_give_limits() {
    let table = [
        (Unary::Sigmoid, 0.0, 1.0),
        (Unary::Softplus, 0.0, 1000.0),
        (Unary::LogSigmoid, -1000.0, 0.0),
        (Unary::Tanh, -1.0, 1.0),
        (Unary::Silu, 0.0, 1000.0),
        (Unary::Mish, 0.0, 1000.0),
        (Unary::Gelu, 0.0, 1000.0),
        (Unary::GeluTanh, 0.0, 1000.0),
        (Unary::Elu(1.0), -1.0, 1000.0),
    ];
    for (f, low, high) in table {
        for (u, limit) in [(-1000.0, low), (1000.0, high)] {
            let (y, dy) = run::<f32>(Op::Unary(f), &[&[u]], &[1.0], Shape::Vector(1));
            assert!(close(y[0], limit, 1e-6), "{f:?}({u}) = {}", y[0]);
            assert!(dy[0][0].is_finite(), "{f:?}'({u}) = {}", dy[0][0]);
        }
    }
    let u: &[f64] = &[1000.0, 1000.0, -1000.0];
    let (y, _) = run::<f32>(Op::Reduce(Reduce::Softmax), &[u], &[1.0; 3], Shape::Vector(3));
    assert_eq!(y, [0.5, 0.5, 0.0]);
}

#[test]
fn nan_comes_through_every_function() {
    for &(f, ..) in UNARY {
        let (y, _) = run::<f64>(Op::Unary(f), &[&[f64::NAN]], &[1.0], Shape::Vector(1));
        assert!(y[0].is_nan(), "{f:?}");
    }
    for f in [Binary::Min, Binary::Max, Binary::Logaddexp] {
        for operands in [[&[f64::NAN][..], &[1.0]], [&[1.0], &[f64::NAN]]] {
            let (y, _) = run::<f64>(Op::Binary(f), &operands, &[1.0], Shape::Vector(1));
            assert!(y[0].is_nan(), "{f:?}");
        }
    }
}

#[test]
fn binary_functions_have_their_values_and_derivatives() {
    // At (3, -2): value, derivative by the first, by the second.
    let table = [
        (Binary::Add, 1.0, 1.0, 1.0),
        (Binary::Sub, 5.0, 1.0, -1.0),
        (Binary::Mul, -6.0, -2.0, 3.0),
        (Binary::Div, -1.5, -0.5, -0.75),
        (Binary::Min, -2.0, 0.0, 1.0),
        (Binary::Max, 3.0, 1.0, 0.0),
    ];
    for (f, value, left, right) in table {
        let found = run::<f64>(Op::Binary(f), &[&[3.0], &[-2.0]], &[1.0], Shape::Vector(1));
        assert_eq!(found, (vec![value], vec![vec![left], vec![right]]), "{f:?}");
    }
    let (value, slopes) = logaddexp(3.0, -2.0);
    assert!(close(value, 3.006_715_348_489_118, 1e-15), "{value}");
    assert!(close(slopes[0], 0.993_307_149_075_715_2, 1e-15), "{slopes:?}");
    assert!(close(slopes[1], 0.006_692_850_924_284_856, 1e-15), "{slopes:?}");
}

/// Value and derivatives.
fn logaddexp(a: f64, b: f64) -> (f64, [f64; 2]) {
    let found = run::<f64>(Op::Binary(Binary::Logaddexp), &[&[a], &[b]], &[1.0], Shape::Vector(1));
    (found.0[0], [found.1[0][0], found.1[1][0]])
}

#[test]
fn logaddexp_of_infinities_and_large_numbers() {
    let infinity = f64::INFINITY;
    assert_eq!(logaddexp(infinity, infinity), (infinity, [0.5, 0.5]));
    assert_eq!(logaddexp(-infinity, -infinity), (-infinity, [0.5, 0.5]));
    assert_eq!(logaddexp(infinity, -infinity), (infinity, [1.0, 0.0]));
    assert_eq!(logaddexp(1.0, infinity), (infinity, [0.0, 1.0]));
    assert_eq!(logaddexp(-infinity, 1.0), (1.0, [0.0, 1.0]));
    assert_eq!(logaddexp(f64::MAX, -f64::MAX), (f64::MAX, [1.0, 0.0]));
    assert_eq!(logaddexp(1.0, f64::NAN).1, [0.5, 0.5]);
    assert_eq!(logaddexp(1000.0, 1000.0).0, 1000.0 + 2f64.ln());
}

/// The value of a function with its sign.
fn value<E: Element>(f: Unary, u: f64) -> f64 {
    run::<E>(Op::Unary(f), &[&[u]], &[1.0], Shape::Vector(1)).0[0]
}

#[test]
fn whole_numbers_at_ties_and_where_there_are_no_fractions() {
    let infinity = f64::INFINITY;
    let table = [
        (0.5, 0.0, 0.0),
        (1.5, 1.0, 2.0),
        (2.5, 2.0, 2.0),
        (-0.5, -1.0, -0.0),
        (-1.5, -2.0, -2.0),
        (-2.5, -3.0, -2.0),
        (0.0, 0.0, 0.0),
        (-0.0, -0.0, -0.0),
        (8388609.0, 8388609.0, 8388609.0),
        (-8388609.0, -8388609.0, -8388609.0),
        (1e30, 1e30, 1e30),
        (infinity, infinity, infinity),
        (-infinity, -infinity, -infinity),
    ];
    for (u, floor, round) in table {
        for (f, expected) in [(Unary::Floor, floor), (Unary::Round, round)] {
            assert_eq!(value::<f64>(f, u).to_bits(), expected.to_bits(), "{f:?} of {u}");
            let single = value::<f32>(f, u);
            assert_eq!(single.to_bits(), f64::from(expected as f32).to_bits(), "{f:?} of {u}");
        }
    }
    assert_eq!(value::<f64>(Unary::Round, 2251799813685249.5), 2251799813685250.0);
    assert_eq!(value::<f64>(Unary::Floor, -1e-300), -1.0);
}

#[test]
fn ends_of_logarithm_and_tangent() {
    assert_eq!(value::<f64>(Unary::Log1p, -1.0), f64::NEG_INFINITY);
    assert!(value::<f64>(Unary::Log1p, -1.0 - f64::EPSILON).is_nan());
    assert_eq!(value::<f64>(Unary::Log1p, f64::INFINITY), f64::INFINITY);
    assert_eq!(value::<f64>(Unary::Log1p, 1e-300), 1e-300);
    assert_eq!(value::<f64>(Unary::Atan, f64::INFINITY), std::f64::consts::FRAC_PI_2);
    assert_eq!(value::<f64>(Unary::Atan, f64::NEG_INFINITY), -std::f64::consts::FRAC_PI_2);
    for f in [Unary::Log1p, Unary::Atan] {
        assert_eq!(value::<f64>(f, -0.0).to_bits(), (-0.0_f64).to_bits(), "{f:?}");
    }
}

#[test]
fn reductions_have_their_values_and_derivatives() {
    let u: &[f64] = &[3.0, -4.0, 0.0, 1.0];
    let v: &[f64] = &[1.0, 2.0, -1.0, 0.5];
    let scalar =
        |f, operands: &[&[f64]]| run::<f64>(Op::Reduce(f), operands, &[2.0], Shape::Scalar);
    assert_eq!(scalar(Reduce::Sum, &[u]), (vec![0.0], vec![vec![2.0; 4]]));
    assert_eq!(scalar(Reduce::Mean, &[u]), (vec![0.0], vec![vec![0.5; 4]]));
    let doubled = |w: &[f64]| w.iter().map(|w| 2.0 * w).collect::<Vec<_>>();
    assert_eq!(scalar(Reduce::Dot, &[u, v]), (vec![-4.5], vec![doubled(v), doubled(u)]));
    let (norm, gradient) = scalar(Reduce::Norm, &[&u[..3]]);
    assert_eq!(norm, [5.0]);
    assert!(close(gradient[0][0], 1.2, 1e-15) && close(gradient[0][1], -1.6, 1e-15));
}

#[test]
fn vector_functions_have_their_values_and_derivatives() {
    // Weights exp(0), exp(ln 2), exp(ln 5) over 8; y_i (w_i - sum of w y) with w the last unit
    // vector.
    let u: &[f64] = &[0.0, 2f64.ln(), 5f64.ln()];
    let weights = [0.0, 0.0, 1.0];
    let (y, gradient) = run::<f64>(Op::Reduce(Reduce::Softmax), &[u], &weights, Shape::Vector(3));
    for (found, expected) in y.iter().zip([0.125, 0.25, 0.625]) {
        assert!(close(*found, expected, 1e-14));
    }
    for (found, expected) in gradient[0].iter().zip([-0.078125, -0.15625, 0.234375]) {
        assert!(close(*found, expected, 1e-14));
    }

    // Mean 3, variance 4 with epsilon 12: a factor of 1/4.
    let norm = Op::Reduce(Reduce::LayerNorm { epsilon: 12.0 });
    let (u, gain, bias): (&[f64], &[f64], &[f64]) = (&[1.0, 5.0], &[2.0, 3.0], &[10.0, 20.0]);
    let (y, gradient) = run::<f64>(norm, &[u, gain, bias], &[1.0, 0.0], Shape::Vector(2));
    assert_eq!(y, [9.0, 21.5]);
    // z = (-1/2, 1/2), dz = (2, 0): (dz - mean dz - z mean(dz z)) / 4.
    let expected = [[0.1875, -0.1875], [-0.5, 0.0], [1.0, 0.0]];
    assert_eq!(gradient, expected);
    let (y, _) = run::<f64>(norm, &[u], &[1.0, 0.0], Shape::Vector(2));
    assert_eq!(y, [-0.5, 0.5]);
}

#[test]
fn products_concatenations_and_slices_move_the_right_values() {
    let mut d = Draft::default();
    let (a, b) = (d.input("a", 2), d.input("b", 1));
    let both = d.node(Op::Concat, &[b, a], Shape::Vector(3));
    let product = d.times("W", 2, both);
    let back = d.node(Op::Product { param: 0, transposed: true }, &[product], Shape::Vector(3));
    let slice = d.node(Op::Slice { start: 1 }, &[back], Shape::Vector(2));
    let graph = d.leak("Moves", slice);
    let w = arr2(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let reference = Reference::<f64>::new(graph, w.as_slice().unwrap()).unwrap();
    let (a, b) = (arr3(&[[[1.0, -1.0], [0.0, 2.0]]]), arr3(&[[[2.0], [-3.0]]]));
    let found = reference.forward(&[a.view(), b.view()], &[]).unwrap().outputs;
    let joined: Array2<f64> = arr2(&[[2.0, 1.0, -1.0], [-3.0, 0.0, 2.0]]);
    let expected = joined.dot(&w.t()).dot(&w);
    assert_eq!(found, expected.slice(ndarray::s![.., 1..]).insert_axis(ndarray::Axis(0)));
}
