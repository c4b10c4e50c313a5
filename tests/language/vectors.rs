//! Parts and concatenations of vectors, matrices read in several ways; two spellings of one cell.

use ndarray::{Array3, s};
use rnn_runtime::prelude::*;

use crate::check;

checked! {
    parts_of_vectors: Parts;
    transposed_and_shared_matrices: Shared;
    perceptron_for_a_matrix: Perceptron;
    concatenated_form: Concatenated;
    gate_form: Gated;
}

rnn_runtime::cell! {
    /// Concatenations and parts, of inputs, states, gates, products and each other.
    struct Parts {
        input x: 6, y: 4;
        state h: 8, c: 5;
        param W: [h + c, x + h], U: [3, 5];
        xh = [x, h];
        p = W @ xh;
        q = W @ [x[1..], h[2..7], c[..4]];
        gate g = tanh(y, h);
        mixed = [g[3..], c, p[..2]][1..9];
        narrow = U @ h[3..];
        h[t] = tanh(p[..h] + 0.5 * q[c..] + mixed) * sigmoid(p[5..]);
        c[t] = [narrow, x[4..6]] * p[h..] + 0.5 * [y[..3], g[..2]];
        output [h[t][2..5], c[t], xh[4..8], y];
    }
}

rnn_runtime::cell! {
    /// Matrices that are read more than once, some the other way round.
    struct Shared {
        input x: 5;
        state h: 7, c: h;
        param W: [h, x], U: [h, h];
        gate a = tanh(x, h);
        back = W.T @ (a * h);
        n = tanh(W @ x + U @ h + 0.3 * (U.T @ c) + a.h.T @ a);
        c[t] = 0.5 * (U @ n) + 0.5 * c + W @ back;
        h[t] = 0.5 * tanh(U.T @ c[t] + a.x @ x + a.b);
        output W.T @ h[t] + back;
    }
}

rnn_runtime::cell! {
    /// Two layers where other cells have a matrix (Pascanu et al. 2014).
    struct Perceptron {
        input x: 4;
        state h: 6;
        dim M = 9;
        param A: [M, x + h], B: [h, M], a: [M], b: [h];
        fn deep(u) = B @ relu(A @ u + a) + b;
        z = sigmoid(deep([x, h]));
        h[t] = z * h + (1 - z) * tanh(deep([x, z * h]));
    }
}

rnn_runtime::cell! {
    /// A simple network in the form with one matrix.
    struct Concatenated {
        input x: 5;
        state h: 7;
        param W: [h, x + h], b: [h];
        h[t] = tanh(W @ [x, h] + b);
    }
}

rnn_runtime::cell! {
    /// The same network in the form with one matrix an operand.
    struct Gated {
        input x: 5;
        state h: 7;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

/// Cells from a macro of the user's.
macro_rules! scaled {
    ($name:ident, $units:literal, $more:expr, $factor:expr) => {
        rnn_runtime::cell! {
            struct $name {
                input x: 2;
                state h: $units + $more;
                gate n = tanh(x, h);
                h[t] = n * $factor;
            }
        }
    };
}

scaled! { OfMacro, 2, 2 * 1, 0.25 + 0.5 }

#[test]
fn what_a_macro_puts_in_is_one_operand() {
    check::<OfMacro>();
    assert!(OfMacro::GRAPH.equations.contains("n * (0.25 + 0.5)"), "{}", OfMacro::GRAPH.equations);
    assert_eq!(OfMacro::GRAPH.output_len, 4);
}

/// Both forms of the simple network compute the same; their sums may be formed in another order.
#[test]
fn one_matrix_or_one_for_each_operand() {
    let mut joint = Concatenated::init(&mut seeded(3));
    joint.vector_mut("b").unwrap().fill(0.1);
    let mut gates = Gated::zeros();
    let matrix = joint.matrix("W").unwrap();
    gates.matrix_mut("n.x").unwrap().assign(&matrix.slice(s![.., ..5]));
    gates.matrix_mut("n.h").unwrap().assign(&matrix.slice(s![.., 5..]));
    gates.vector_mut("n.b").unwrap().fill(0.1);
    let x = Array3::from_shape_fn((20, 3, 5), |(t, b, i)| ((t * 15 + b * 5 + i) as f32).sin());

    let (mut first, mut second) = (Sequence::new(), Sequence::new());
    let y = first.record(&joint, &[x.view()], &[]).unwrap();
    let z = second.record(&gates, &[x.view()], &[]).unwrap();
    assert!((&y - &z).iter().all(|error| error.abs() < 1e-6), "outputs differ");

    let (mut dy, mut dz) = (Concatenated::zeros(), Gated::zeros());
    let adjoints = OutputGradients::outputs(y.view());
    let by = first.backward(&joint, &adjoints, &mut dy).unwrap();
    let bz = second.backward(&gates, &adjoints, &mut dz).unwrap();
    assert!((&by.inputs[0] - &bz.inputs[0]).iter().all(|error| error.abs() < 1e-5), "inputs");
    let whole = dy.matrix("W").unwrap();
    let parts = [(dz.matrix("n.x").unwrap(), 0..5), (dz.matrix("n.h").unwrap(), 5..12)];
    for (part, columns) in parts {
        let error = &whole.slice(s![.., columns]) - &part;
        assert!(error.iter().all(|error| error.abs() < 1e-4), "gradients differ");
    }
}
