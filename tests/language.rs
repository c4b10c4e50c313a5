//! Every construct of the notation in cells of small and awkward sizes, each against the
//! interpreter and differences on every tier; two spellings of one cell against each other.

use ndarray::{Array3, s};
use rnn_runtime::prelude::*;
use rnn_runtime::verify::{Options, verify_with};

/// Checks a cell over nine steps, and over a single one, which is a chunk of its own.
fn check<C: Cell>() {
    for steps in [9, 1] {
        let options = Options { steps, coordinates: 6, ..Options::default() };
        verify_with::<C>(&options).assert();
    }
}

/// One test for each cell declared in this file.
macro_rules! checked {
    ($($test:ident: $cell:ident;)*) => {
        $(
            #[test]
            fn $test() {
                check::<$cell>();
            }
        )*
    };
}

checked! {
    smooth_functions: Smooth;
    functions_of_positive_numbers: Positive;
    functions_with_kinks: Kinks;
    functions_of_whole_vectors: Whole;
    gradients_in_place_by_products: Whole16;
    gradients_in_place_by_loops: Leaky;
    gradients_that_are_read: Added;
    gradients_that_are_handed_on: Summed;
    numbers_on_the_tape: ManyNumbers;
    numbers_on_the_tape_in_doubles: ManyDoubles;
    numbers_for_vectors: Numbers;
    products_of_numbers: NumberProducts;
    output_of_numbers: NumberOutput;
    scalar_parameters: Scalars;
    fixed_parameters: Fixed;
    functions_of_several_arguments: OwnFunctions;
    three_inputs_and_states: ThreeOfEach;
    parts_of_vectors: Parts;
    transposed_and_shared_matrices: Shared;
    products_of_products: LowRank;
    next_values: NextValues;
    twins: Twins;
    no_recurrence: Forgetful;
    every_function_in_one_cell: Zoo;
    output_of_an_input: OutputInput;
    output_of_a_previous_state: OutputPrevious;
    output_behind_the_loop: OutputBehind;
    perceptron_for_a_matrix: Perceptron;
    doubles_of_fixed_length: Doubles;
    concatenated_form: Concatenated;
    gate_form: Gated;
    sums_begun_by_an_earlier_product: Begun;
    concatenations_of_inputs_before_the_loop: Together;
    sums_of_parameters_in_a_sum: ParamSums;
    a_state_of_parameters_alone: Constantly;
    a_scalar_product_read_by_a_later_loop: Reread;
    a_part_of_what_is_computed_again: PartAgain;
}

rnn_runtime::cell! {
    /// A state that decays below the smallest normal number, which kernels count as zero.
    struct Decaying {
        input x: 3;
        state h: 4, d: 4;
        d[t] = 0.2 * d;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

#[test]
fn states_that_decay_to_nothing() {
    verify::<Decaying>().assert();
}

rnn_runtime::cell! {
    /// So many kinks that a step in any direction is near one.
    struct ManyKinks {
        input x: 64;
        state h: 256;
        gate n = relu(x, h);
        h[t] = n;
    }
}

#[test]
fn many_kinks() {
    let report = verify::<ManyKinks>();
    report.assert();
    assert!(report.direction.error > 0.0, "{report}");
}

rnn_runtime::cell! {
    /// Grows beyond all numbers.
    struct Diverging {
        input x: 3;
        state h: 4;
        gate n = tanh(x, h);
        h[t] = n + h + h * h;
    }
}

#[test]
fn a_cell_that_overflows_is_named_as_the_cause() {
    let report = verify::<Diverging>();
    assert!(!report.passed());
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert!(failure.contains("the cell itself overflows at step"), "{report}");
    assert!(failure.contains("`h[t]` is inf in f32"), "{report}");
}

rnn_runtime::cell! {
    /// An earlier product of the step adds to a part of the sums that the joined product begins.
    struct Begun {
        input x: 4;
        state h: 5;
        gate p: 3 = linear(h);
        gate g = sigmoid(x, p);
        gate s = tanh(x, p, h);
        h[t] = g * s;
    }
}

rnn_runtime::cell! {
    /// A function of a concatenation feeds a product that does not wait for the loop.
    struct Together {
        input x: 3, y: 2;
        state h: 4;
        param k: [3];
        u = tanh([x, y]);
        w = softmax([y, k]);
        gate n = tanh(u, w, h);
        h[t] = n;
    }
}

rnn_runtime::cell! {
    /// A sum of trained parameters inside a larger sum has an adjoint of its own.
    struct ParamSums {
        input x: 3;
        state h: 4;
        param b, c: [h];
        gate n = tanh(x, h; b + c);
        h[t] = n;
    }
}

rnn_runtime::cell! {
    /// The next value of the state is computed once a call, and the state before the first step is another.
    struct Constantly {
        input x: 2;
        state h: 2;
        fixed k: [2];
        gate n = tanh(x, h);
        h[t] = tanh(k);
        output n;
    }
}

rnn_runtime::cell! {
    /// A product of scalars is added to in one loop and read again in another.
    struct Reread {
        input x: 5;
        state h: 5;
        param a = 1;
        g = sigmoid(mean(h)) * a;
        h[t] = (1 - g) * h + g * tanh(x);
    }
}

rnn_runtime::cell! {
    /// Each smooth function on its own in the output, and once in the recurrence.
    pub struct Smooth {
        input x: 5;
        state h: 7;
        gate a = linear(x, h);
        gate b = gelu(x, h);
        h[t] = tanh(0.3 * b + sin(a) * silu(h) - mish(a) / 3);
        output [
            sigmoid(a), gelu_tanh(a), silu(a), mish(a), softplus(a), log_sigmoid(a), exp(a), sin(a),
            cos(a), square(a), elu(a, 0.7), selu(a), softsign(a), pow(a, 3), b
        ];
    }
}

rnn_runtime::cell! {
    /// Functions that are defined on a part of the line, kept inside it.
    struct Positive {
        input x: 3;
        state h: 6;
        gate a = sigmoid(x, h);
        far = a + 0.5;
        h[t] = 0.3 * log(far) + 0.2 * recip(1 + square(h)) - 0.1 * rsqrt(far);
        output [log(far), sqrt(far), rsqrt(far), recip(far), pow(far, 0.5), pow(far, -2), a / far];
    }
}

rnn_runtime::cell! {
    /// Functions with kinks.
    struct Kinks {
        input x: 4;
        state h: 5;
        gate a = linear(x, h);
        gate b = leaky_relu(x, h);
        c = 0.4 * relu(a) - 0.3 * leaky_relu(b, 0.2) + 0.2 * abs(h);
        h[t] = hard_tanh(c) + 0.1 * hard_sigmoid(a);
        output [
            relu(a), leaky_relu(a), leaky_relu(a, 0.3), hard_sigmoid(a), hard_tanh(2 * a), abs(a),
            sign(a), clamp(a, -0.2, 0.3), min(a, h[t-1]), max(a, b), min(a, 0.1), max(0, b), elu(a), selu(b)
        ];
    }
}

rnn_runtime::cell! {
    /// Reductions in the recurrence, and behind the loop.
    struct Whole {
        input x: 6;
        state h: 9;
        param gain, shift: [h];
        gate a = linear(x, h);
        gate attention = softmax(x, h);
        n = layer_norm(a, gain, shift);
        m = layer_norm(0.5 * a + h, 1e-2);
        s = mean(n) + sum(attention * h) - 0.2 * dot(a, h) + 0.1 * norm(a);
        h[t] = tanh(s * m + n) * softmax(n + h) + 0.2 * sum(x);
        output [layer_norm(h[t]), softmax(h[t] - sum(x[2..3])), norm(h[t]) * x, s * m];
    }
}

rnn_runtime::cell! {
    /// The gradient of the input is a sum of products, and a whole number of vectors.
    struct Whole16 {
        input x: 16;
        state h: 5;
        gate a = sigmoid(x, h);
        gate b = tanh(x, h);
        h[t] = a * h + (1 - a) * b;
        output [h[t], x[3..7]];
    }
}

rnn_runtime::cell! {
    /// Of the same length, but computed by a loop, with a product in it.
    struct Leaky {
        input x: 16;
        state h: 16;
        gate a = sigmoid(x, h);
        h[t] = a * h + (1 - a) * x;
    }
}

rnn_runtime::cell! {
    /// The gradient of the input is that of the state, which the previous step needs, too.
    struct Added {
        input x: 16;
        state h: 16;
        param w: [h];
        h[t] = tanh(w * h) + x;
    }
}

rnn_runtime::cell! {
    /// The gradient of the input is that of the previous state, a product.
    struct Summed {
        input x: 16;
        state h: 16;
        param W: [h, h];
        h[t] = tanh(W @ (x + h));
    }
}

/// More numbers on the tape than one slot takes, of which there are half as many to a slot in doubles.
macro_rules! many_numbers {
    ($name:ident: $scalar:ident) => {
        rnn_runtime::cell! {
            struct $name {
                scalar $scalar;
                input x: 5;
                state h: 6;
                gate a = linear(x, h);
                gate b = linear(x, h);
                size = norm(a) + 0.1 * norm(b) * norm(h) + 0.2 * norm(x) * norm(a + b);
                n = layer_norm(a) * norm(a * b) + layer_norm(b) * norm(a - h) - layer_norm(a + h);
                m = layer_norm(b - h) + layer_norm(n) * norm(n) + layer_norm(a * h) * norm(b * h);
                h[t] = tanh(0.3 * n + 0.2 * m) * softmax(n - m) + 0.1 * size * layer_norm(m);
                output [size * x, h[t] * norm(h[t-1] - m), layer_norm(h[t])];
            }
        }
    };
}

many_numbers!(ManyNumbers: f32);
many_numbers!(ManyDoubles: f64);

rnn_runtime::cell! {
    /// Numbers that were made of vectors, constants and dimensions in place of vectors.
    struct Numbers {
        input x: 3;
        state h: 5, u: 1;
        const DT = 0.1, HALF = DT * 5;
        dim P = h - 2;
        param V: [P, h + 1];
        v = V @ [h, u];
        h[t] = HALF * tanh([v, mean(x) * h[0..2]]) + DT * P * h;
        u[t] = sum(x) * DT + u / P;
        output [h[t], u[t]] * -1 + min(sum(u[t-1]), HALF);
    }
}

rnn_runtime::cell! {
    /// A product with ones beside an input, which makes its first column a bias, and with ones alone.
    struct NumberProducts {
        input x: 3;
        state h: 5;
        dim ONE = 1;
        param W: [h, x + ONE], V: [h, x], U: [h, h];
        one = 0 * x[0..1] + 1;
        h[t] = tanh(W @ [one, x] + U @ h);
        output V.T @ (0 * h[t] + 2) + x;
    }
}

rnn_runtime::cell! {
    /// Results that are the same at every step.
    struct NumberOutput {
        input x: 3;
        state h: 5;
        h[t] = 0 * h + 0.5;
        output 0 * x + 1.5;
    }
}

rnn_runtime::cell! {
    /// Scalar parameters: values computed once a call, and what products start from.
    struct Scalars {
        input x: 4;
        state h: 7;
        param alpha = 0.5, beta: scalar;
        param W: [h, x], U: [h, h], b, c: [h];
        keep = sigmoid(alpha);
        n = tanh(W @ x + U @ h + (exp(beta) + b));
        gain = sqrt(1 + square(alpha * beta)) * softplus(c) / norm(c);
        h[t] = keep * h + (1 - keep) * n * gain;
        output h[t] * (alpha + sum(b * c)) + softmax(c);
    }
}

rnn_runtime::cell! {
    /// An echo state network with an output that is learnt (Jaeger 2001).
    struct Fixed {
        input x: 3;
        state h: 11;
        fixed W: [h, x] = uniform(0.5), R: [h, h] = orthogonal, mask: [h] = ones, rate = 0.3;
        param rho = 0.9, V: [2, h], b: [h];
        h[t] = (1 - rate) * h + rate * tanh(mask * b + rho * (R @ h) + W @ x);
        output V @ h[t];
    }
}

rnn_runtime::cell! {
    /// Every function at once: more values alive than there are registers.
    struct Zoo {
        input x: 5;
        state h: 7, g: 7;
        scalar f64;
        param p, q: [h];
        param W: [h, x], V: [x, h];
        u = W @ x + 0.25 * h;
        v = p * u + g;
        w = 2.0 + sin(v);
        a = sigmoid(u) + tanh(v) + relu(u) + leaky_relu(v, 0.125) + elu(u) + elu(v, 0.75) + selu(u - v);
        b = gelu(u) + gelu_tanh(v) + silu(u) + mish(v) + softplus(u) + softsign(v) + log_sigmoid(u);
        c = hard_sigmoid(u * 3.0) + hard_tanh(v * 2.0) + exp(u) + log(w) + sqrt(w) + rsqrt(w) + square(v);
        d = abs(u) + sign(v) * u + sin(u) + cos(v) + recip(w) + pow(w, 1.7) + clamp(u * 2.0, -0.5, 0.75);
        e = min(u, v) + max(u, q) + u / w - q * v;
        s = softmax(a) + layer_norm(b) + layer_norm(c, p, q);
        tt = sum(u) + mean(v) * dot(u, w) + norm(u);
        k = W.T @ e;
        j = W @ [k[0..2], x[1..4]];
        h[t] = tanh(0.1 * (a + b + c) + 0.3 * s);
        g[t] = tanh(0.1 * (d + e + j) + 0.05 * tt);
        output [h[t], V @ g[t] * mean(g[t])];
    }
}

rnn_runtime::cell! {
    /// Functions of vectors, of matrices and of numbers, that call each other.
    struct OwnFunctions {
        input x: 4;
        state h: 6;
        param W: [h, x], U: [h, h], b: [h], slope = 0.25;
        const SCALE = 1.7159;
        fn scaled(u) = SCALE * tanh(u * slope);
        fn affine(A, B, u, v) = scaled(A @ u + B @ v + b);
        fn blend(z, old, new) = z * old + (1 - z) * new;
        gate z = sigmoid(x, h) bias 1.0;
        gate s = scaled(x, h) no bias;
        h[t] = blend(z, h, affine(W, U, x, z * h) + 0.1 * s);
    }
}

rnn_runtime::cell! {
    /// Several inputs and states of different lengths, and gates of those lengths.
    struct ThreeOfEach {
        input x: 5, dt: 1, mask: 3;
        state h: 7, c: 3, m: 2;
        param decay: [c];
        gate f: c = sigmoid(x, h, m; decay * c) bias 1.0;
        gate g: c = tanh(x, c, dt);
        c[t] = mask * (f * c + (1 - f) * g) + (1 - mask) * c * exp(-0.1 * softplus(decay));
        gate k: m = tanh(h, c[t]);
        m[t] = 0.5 * m + k[..2];
        gate o = sigmoid(x, c[t], m[t]; 0.1 * h);
        h[t] = o * tanh(h);
    }
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
    /// Products of products: before the loop, in it, and behind it.
    struct LowRank {
        input x: 9;
        state h: 10;
        dim R = 3;
        param A: [R, x], B: [h, R], C: [R, h], D: [h, R], b: [h];
        h[t] = tanh(B @ (A @ x) + D @ (C @ h) + b);
        output A.T @ (C @ h[t]);
    }
}

rnn_runtime::cell! {
    /// All that a next value can be: an input, a parameter, another state's previous value, one
    /// value for two states, a product, an expression, and a state that nothing reads.
    struct NextValues {
        input x: 5;
        state h: 6, last: x, before: x, held: h, first: h, second: h, product: 4, unread: 2;
        param start: [h], W: [4, h];
        gate a = tanh(last, before, held, product);
        n = a + 0.2 * first - 0.1 * second;
        last[t] = x;
        before[t] = last[t-1];
        held[t] = start;
        first[t] = n;
        second[t] = n;
        product[t] = W @ n;
        unread[t] = n[1..3] * x[..2];
        h[t] = n * 0.5 + 0.3 * h;
    }
}

rnn_runtime::cell! {
    /// Pairs of states that become the same and begin apart: sums alone read the first pair, loops the
    /// second.
    struct Twins {
        input x: 3;
        state h: 5, k: h, p: h, q: h;
        gate a = tanh(x, h, k, p);
        n = 0.5 * a;
        m = sigmoid(p * q) + 0.1 * a * q;
        h[t] = n;
        k[t] = n;
        p[t] = m;
        q[t] = m;
        output m + n;
    }
}

rnn_runtime::cell! {
    /// No value depends on the step before.
    struct Forgetful {
        input x: 4;
        state h: 3;
        gate n = tanh(x);
        h[t] = n;
        output h[t] + 1;
    }
}

rnn_runtime::cell! {
    /// The output is a part of the input; the state works for nobody.
    struct OutputInput {
        input x: 5;
        state h: 3;
        gate n = tanh(x, h);
        h[t] = n;
        output x[1..4];
    }
}

rnn_runtime::cell! {
    /// The output is the state before the step.
    struct OutputPrevious {
        input x: 2;
        state h: 5;
        gate n = tanh(x, h);
        h[t] = n;
        output h[t-1];
    }
}

rnn_runtime::cell! {
    /// Products, gates and softmax behind the loop.
    struct OutputBehind {
        input x: 3;
        state h: 6, c: 4;
        param V: [5, h], b: [5], Q: [7, 5];
        gate n = tanh(x, h);
        h[t] = n;
        c[t] = 0.9 * c + 0.1 * h[t-1][2..];
        logits = V @ h[t] + b;
        gate e: 4 = sigmoid(x, c[t], logits);
        output [softmax(logits), Q @ tanh(logits), e * c[t-1]];
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
    /// Doubles, and a length that is fixed.
    struct Doubles {
        scalar f64;
        steps 7;
        input x: 3;
        state h: 5, c: h;
        param p: [h];
        gate i = sigmoid(x, h; p * c);
        gate g = gelu(x, h);
        c[t] = (1 - i) * c + i * layer_norm(g);
        h[t] = tanh(c[t]) * softmax(p + c[t]);
        output h[t] + norm(c[t]);
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
    let seeds = Seeds::outputs(y.view());
    let by = first.backward(&joint, &seeds, &mut dy).unwrap();
    let bz = second.backward(&gates, &seeds, &mut dz).unwrap();
    assert!((&by.inputs[0] - &bz.inputs[0]).iter().all(|error| error.abs() < 1e-5), "inputs");
    let whole = dy.matrix("W").unwrap();
    let parts = [(dz.matrix("n.x").unwrap(), 0..5), (dz.matrix("n.h").unwrap(), 5..12)];
    for (part, columns) in parts {
        let error = &whole.slice(s![.., columns]) - &part;
        assert!(error.iter().all(|error| error.abs() < 1e-4), "gradients differ");
    }
}

/// Parameters without a gradient keep zero in it, whatever flows through them.
#[test]
fn gradients_of_fixed_parameters_stay_zero() {
    let cell = Fixed::init(&mut seeded(4));
    let x = Array3::from_elem((6, 2, 3), 0.5);
    let mut run = Sequence::new();
    let y = run.record(&cell, &[x.view()], &[]).unwrap();
    let mut gradient = Fixed::zeros();
    run.backward(&cell, &Seeds::outputs(y.view()), &mut gradient).unwrap();
    for (info, values) in gradient.params() {
        assert_eq!(values.iter().any(|value| *value != 0.0), info.trainable, "{}", info.name);
    }
}

/// A length fixed in the declaration is the only one that is taken.
#[test]
fn other_lengths_than_the_declared_are_refused() {
    let cell = Doubles::zeros();
    let x = Array3::zeros((8, 1, 3));
    let error = Sequence::new().forward(&cell, &[x.view()], &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input `x` has shape [8, 1, 3], but [7, _, 3] is needed, with any size for `_`"
    );
}

rnn_runtime::cell! {
    /// Before the loop, the backward pass reads a part of a value that it computes again.
    struct PartAgain {
        input x: 5, y: 2;
        state h: 3;
        param p: [h, h], q: [h, y];
        a = sigmoid(x);
        h[t] = tanh(h);
        output tanh(p @ (a[1..4] * (q @ y)));
    }
}
