//! The cells that run here, one of each schedule, and data for them.

use itertools::zip_eq;
use ndarray::{Array2, Array3, ArrayView2, ArrayView3};
use rnn_runtime::element::Element;
use rnn_runtime::prelude::*;

rnn_runtime::cells::Lstm! { pub(crate) struct Fused { x: 3, h: 9 } }
// Units that fill whole vectors: two loops over lanes, which write the outputs where the caller has
// them.
rnn_runtime::cells::Lstm! { pub(crate) struct Whole { x: 16, h: 48 } }
rnn_runtime::cells::GruResetBefore! { pub(crate) struct TwoPhases { x: 5, h: 7, scalar: f64 } }
rnn_runtime::cells::MinGru! { pub(crate) struct Scan { x: 4, h: 17 } }
rnn_runtime::cells::LayerNormLstm! { pub(crate) struct Normalised { x: 3, h: 5 } }

rnn_runtime::cell! {
    /// Two inputs, three states, an output after the loop, values computed once a call.
    pub(crate) struct Wide {
        input x: 4, gain: 1;
        state h: 6, c: 3, last: x;
        param alpha = 0.5, V: [5, h];
        gate n = tanh(x, h, last);
        gate m: c = sigmoid(h, c);
        h[t] = sigmoid(alpha) * h + n * sum(gain);
        c[t] = m;
        last[t] = x;
        output [V @ h[t], c[t]];
    }
}

rnn_runtime::cell! {
    /// A length that is fixed.
    pub(crate) struct FixedLength {
        steps 6;
        input x: 2;
        state h: 3;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

/// One test for each cell of `checked`, a function of the cell.
macro_rules! each_cell {
    ($checked:ident) => {
        #[test]
        fn fused() {
            $checked::<crate::cells::Fused>();
        }
        #[test]
        fn whole() {
            $checked::<crate::cells::Whole>();
        }
        #[test]
        fn two_phases() {
            $checked::<crate::cells::TwoPhases>();
        }
        #[test]
        fn scan() {
            $checked::<crate::cells::Scan>();
        }
        #[test]
        fn normalised() {
            $checked::<crate::cells::Normalised>();
        }
        #[test]
        fn wide() {
            $checked::<crate::cells::Wide>();
        }
    };
}
pub(crate) use each_cell;

/// Number `index` of a sequence in `[-1, 1]` without an end.
pub(crate) fn number<E: Element>(index: usize) -> E {
    E::from_f64((index as f64 * 1.7).sin())
}

/// A cell with parameters drawn from a seed.
pub(crate) fn cell<C: Cell>() -> C {
    C::init(&mut seeded(7))
}

/// Inputs of `C`, each `[T, B, I]`.
pub(crate) fn inputs<C: Cell>(steps: usize, batch: usize) -> Vec<Array3<C::Scalar>> {
    let input = |len: usize| {
        Array3::from_shape_fn((steps, batch, len), |(t, b, i)| number((t * 31 + b * 7 + i) * len))
    };
    C::GRAPH.inputs.iter().map(|port| input(port.len)).collect()
}

/// Values for the states of `C`, each `[B, H]`.
pub(crate) fn states<C: Cell>(batch: usize) -> Vec<Array2<C::Scalar>> {
    let state =
        |len: usize| Array2::from_shape_fn((batch, len), |(b, i)| number(b * 13 + i * 3 + len));
    C::GRAPH.states.iter().map(|port| state(port.len)).collect()
}

/// A gradient for the outputs of `C`, `[T, B, O]`.
pub(crate) fn seed<C: Cell>(steps: usize, batch: usize) -> Array3<C::Scalar> {
    let shape = (steps, batch, C::GRAPH.output_len);
    Array3::from_shape_fn(shape, |(t, b, i)| number(t * 17 + b * 5 + i + 11))
}

/// The views of some arrays.
pub(crate) fn views<E>(arrays: &[Array3<E>]) -> Vec<ArrayView3<'_, E>> {
    arrays.iter().map(|array| array.view()).collect()
}

/// The views of some arrays.
pub(crate) fn state_views<E>(arrays: &[Array2<E>]) -> Vec<ArrayView2<'_, E>> {
    arrays.iter().map(|array| array.view()).collect()
}

/// Fails where there are not as many numbers as expected, or two differ by more than `bound` times
/// the larger of 1 and their size.
pub(crate) fn near<'a, E: Element>(
    found: impl IntoIterator<Item = &'a E>,
    expected: impl IntoIterator<Item = &'a E>,
    bound: f64,
) {
    for (index, (&found, &expected)) in zip_eq(found, expected).enumerate() {
        let (found, expected) = (found.as_f64(), expected.as_f64());
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(error <= bound, "at {index}: {found} and {expected}");
    }
}
