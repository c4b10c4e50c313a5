//! Every function of one operand, and every pair `f(g(x))`.
//!
//! One cell has all of them side by side: each function of an input of its own, and each function
//! once more of a vector of all these results. What a pair should be is what the interpreter makes
//! of the outer function at the kernel's own result of the inner one, so that no rounding of the
//! inner function is magnified by the outer one, and a zero that stands for a number too small is
//! met with the same zero.
//!
//! All functions of one vector add to its adjoint, and an adjoint of zero times a factor that has
//! overflowed is no number. So inputs have two entries: outer functions whose factors overflow read
//! the second, and their slopes are compared where none of them does.

use ndarray::{Array2, Array3, Axis, s};
use num_traits::{Float, Zero};
use rnn_runtime::element::Element;
use rnn_runtime::graph::CellGraph;
use rnn_runtime::prelude::*;
use rnn_runtime::reference::{Adjoints, Reference};
use rnn_runtime::simd::Tier;

use super::compare::{chained, equal, flushed, least};
use super::values::special;

/// A cell of functions. Each has the names of its input and of its value, and says what it reads as
/// the outer one: the vector, and the entry of inputs that this is made of.
macro_rules! layers {
    (
        $name:ident $scalar:ident;
        $($x:ident $y:ident $f:ident [$($more:tt)*] $a:ident $entry:literal,)*
    ) => {
        rnn_runtime::cell! {
            struct $name {
                scalar $scalar;
                input none: 2, $($x: 2),*;
                state h: 1;
                $($y = $f($x $($more)*);)*
                a = [none[0..1], $($y[0..1]),*];
                b = [none[1..2], $($y[1..2]),*];
                h[t] = h;
                output [a, $($f($a $($more)*)),*];
            }
        }

        impl Layers for $name {
            const FUNCTIONS: &'static [(&'static str, usize)] =
                &[("x", 0), $((concat!(stringify!($f), stringify!($($more)*)), $entry)),*];
        }
    };
}

trait Layers: Cell {
    /// Names of the functions, the first being none at all, and the entries of inputs that they
    /// read as outer ones.
    const FUNCTIONS: &'static [(&'static str, usize)];
}

macro_rules! functions {
    ($name:ident, $scalar:ident) => {
        layers! { $name $scalar;
            x0 y0 sigmoid [] a 0, x1 y1 tanh [] a 0, x2 y2 relu [] a 0, x3 y3 leaky_relu [] a 0,
            x4 y4 elu [, 1.5] a 0, x5 y5 selu [] a 0, x6 y6 gelu [] a 0, x7 y7 silu [] a 0,
            x8 y8 mish [] a 0, x9 y9 softplus [] a 0, x10 y10 softsign [] a 0,
            x11 y11 log_sigmoid [] a 0, x12 y12 hard_sigmoid [] a 0, x13 y13 hard_tanh [] a 0,
            x14 y14 log [] a 0, x15 y15 sqrt [] a 0, x16 y16 rsqrt [] a 0, x17 y17 abs [] a 0,
            x18 y18 sign [] a 0, x19 y19 sin [] a 0, x20 y20 cos [] a 0, x21 y21 recip [] a 0,
            x22 y22 clamp [, -0.5, 2.0] a 0, x23 y23 pow [, 0.5] a 0, x24 y24 pow [, -0.5] a 0,
            x25 y25 pow [, 0.7] a 0, x26 y26 pow [, -0.3] a 0, x27 y27 exp [] b 1,
            x28 y28 square [] b 1, x29 y29 pow [, 3.0] b 1, x30 y30 pow [, 20.0] b 1,
            x31 y31 pow [, 40.0] b 1, x32 y32 pow [, 101.0] b 1, x33 y33 pow [, -4.0] b 1,
            x34 y34 pow [, 1.5] b 1, x35 y35 pow [, 15.5] b 1, x36 y36 pow [, -15.5] b 1,
            x37 y37 pow [, 1.7] b 1, x38 y38 gelu_tanh [] b 1,
            x39 y39 log1p [] a 0, x40 y40 atan [] b 1, x41 y41 floor [] a 0, x42 y42 round [] a 0,
        }
    };
}

functions!(Singles, f32);
functions!(Doubles, f64);

/// Relative error of a value in units of the scalar type's precision.
const ROUNDING: f64 = 40.0;

/// Entries of each input.
const ENTRIES: usize = 2;

/// What a function's results may be off by, relative to them, or absolutely where they are
/// differences of numbers near 1.
fn bound<E: Element>(name: &str, slope: bool, expected: E) -> f64 {
    let size = expected.as_f64().abs();
    // An error of an exponent, which is one of the result.
    let exponent = if name.starts_with("pow") || name.starts_with("gelu") {
        3.0 * size.max(1e-300).ln().abs()
    } else {
        0.0
    };
    let saturates =
        ["sigmoid", "tanh", "elu", "selu", "gelu", "silu", "mish"].iter().any(|f| name.contains(f));
    let size = if slope && saturates { size.max(1.0) } else { size };
    (ROUNDING + exponent) * size * E::epsilon().as_f64()
}

/// The cell without the second layer.
fn first_layer(graph: &CellGraph) -> CellGraph {
    let a = graph.nodes.iter().position(|node| node.name == Some("a")).expect("the first layer");
    CellGraph { output: a, output_len: graph.nodes[a].shape.len(), ..*graph }
}

/// Values and slopes of all functions, `[rows, functions]`, with the same operand in a row.
fn interpreted<E: Element>(graph: &CellGraph, operands: &[E]) -> [Array2<E>; 2] {
    let reference = Reference::<E>::new::<E>(graph, &[]).unwrap();
    let x = Array3::from_shape_fn((1, operands.len(), ENTRIES), |(_, row, _)| operands[row]);
    let inputs = vec![x.view(); graph.inputs.len()];
    let tape = reference.record(&inputs, &[]).unwrap();
    let adjoints = Array3::ones(tape.outputs().raw_dim());
    let gradients =
        tape.backward(&Adjoints { outputs: Some(adjoints.view()), states: &[] }).unwrap();
    let slopes = Array2::from_shape_fn((operands.len(), inputs.len()), |(row, function)| {
        gradients.inputs[function][[0, row, 0]]
    });
    [tape.outputs().index_axis(Axis(0), 0).to_owned(), slopes]
}

/// Values of all pairs at one operand, `[outer, inner]`, and slopes, from one run whose rows ask
/// for the slope of one outer function each.
fn computed<C: Layers>(tier: Tier, operand: C::Scalar) -> [Array2<C::Scalar>; 2] {
    let count = C::FUNCTIONS.len();
    let (zero, one) = (C::Scalar::default(), C::Scalar::from_f64(1.0));
    let x = Array3::from_elem((1, count, ENTRIES), operand);
    let (cell, mut gradient) = (C::zeros(), C::zeros());
    let mut sequence = Sequence::<C>::on(tier);
    let outputs = sequence.record(&cell, &vec![x.view(); count], &[]).unwrap();
    let mut adjoints = Array3::from_elem((1, count, count * count), zero);
    for outer in 0..count {
        adjoints.slice_mut(s![0, outer, outer * count..(outer + 1) * count]).fill(one);
    }
    let found = sequence
        .backward(&cell, &OutputGradients::outputs(adjoints.view()), &mut gradient)
        .unwrap();
    let value = |(outer, inner)| outputs[[0, 0, outer * count + inner]];
    let slope =
        |(outer, inner): (usize, usize)| found.inputs[inner][[0, outer, C::FUNCTIONS[outer].1]];
    [Array2::from_shape_fn((count, count), value), Array2::from_shape_fn((count, count), slope)]
}

/// Whether a kernel, which multiplies in another order, may give this slope of a pair with an
/// infinite factor. The other factor may have become zero where it is small. An infinite one that
/// is no pole has overflowed, and the whole may be in range.
fn unbounded<E: Element>(slope: E, [infinite, other]: [E; 2], pole: bool) -> bool {
    if infinite.is_finite() || other.is_infinite() {
        return false;
    }
    let vanished = slope.is_zero() && other.as_f64().abs() < least::<E>();
    let lowest = infinite.signum() * E::max_value() * other;
    let beyond = slope / lowest >= E::from_f64(1.0 - 1e-5);
    vanished || (!pole && beyond)
}

/// All differences at one operand, in words.
fn differences<C: Layers>(tier: Tier, x: C::Scalar, found: &mut Vec<String>) {
    let graph = first_layer(C::GRAPH);
    let [values, slopes] = computed::<C>(tier, x);
    let [inner_values, inner_slopes] = interpreted(&graph, &[x]);
    let results: Vec<C::Scalar> = values.row(0).iter().map(|&value| flushed(value)).collect();
    let [outer_values, outer_slopes] = interpreted(&graph, &results);
    // Whether some function of the second entry does, by its value or slope, at each result, or is
    // no number.
    let overflows: Vec<bool> = (0..C::FUNCTIONS.len())
        .map(|i| {
            let infinite =
                |o: usize| !outer_values[[i, o]].is_finite() || !outer_slopes[[i, o]].is_finite();
            C::FUNCTIONS.iter().enumerate().any(|(o, (_, entry))| *entry > 0 && infinite(o))
        })
        .collect();
    for (i, (g, _)) in C::FUNCTIONS.iter().enumerate() {
        let expected = inner_values[[0, i]];
        if !equal(values[[0, i]], expected, bound(g, false, expected)) {
            let value = values[[0, i]];
            found.push(format!("{g} at {x:e} on {tier}: {value:e}, not {expected:e}"));
        }
        for (o, (f, _)) in C::FUNCTIONS.iter().enumerate() {
            let (value, expected) = (values[[o, i]], outer_values[[i, o]]);
            if !equal(value, expected, bound(f, false, expected)) {
                found.push(format!("{f} of {g} at {x:e} on {tier}: {value:e}, not {expected:e}"));
            }
            // Beyond an infinite value there is no slope to speak of.
            // Of an infinite one, two terms of different signs make no number.
            let terms = ["gelu", "gelu_tanh", "silu", "mish"].contains(g);
            let lost = value.is_nan()
                || (terms && outer_slopes[[i, o]].is_infinite())
                || x.is_infinite()
                || results[i].is_infinite()
                || (C::FUNCTIONS[o].1 > 0 && overflows[i]);
            let [outer, inner] = [outer_slopes[[i, o]], inner_slopes[[0, i]]].map(flushed);
            let expected = chained(outer, inner);
            let bound = (bound(f, true, outer) + least::<C::Scalar>()) * inner.as_f64().abs()
                + (bound(g, true, inner) + least::<C::Scalar>()) * outer.as_f64().abs();
            let slope = slopes[[o, i]];
            let near = equal(slope, expected, bound)
                || unbounded(slope, [outer, inner], results[i].is_zero())
                || unbounded(slope, [inner, outer], x.is_zero());
            if !lost && !near {
                found.push(format!(
                    "slope of {f} of {g} at {x:e} on {tier}: {slope:e}, not {expected:e} = \
                     {outer:e} * {inner:e}"
                ));
            }
        }
    }
}

fn check<C: Layers>() {
    let mut found = Vec::new();
    for tier in Tier::available() {
        for x in special::<C::Scalar>() {
            differences::<C>(tier, x, &mut found);
        }
    }
    let count = found.len();
    found.truncate(60);
    assert!(found.is_empty(), "{count} differences, such as\n{}", found.join("\n"));
}

#[test]
fn pairs_of_functions_in_singles() {
    check::<Singles>();
}

#[test]
fn pairs_of_functions_in_doubles() {
    check::<Doubles>();
}
