//! Scalars, numbers and fixed parameters.

use ndarray::Array3;
use rnn_runtime::prelude::*;

checked! {
    numbers_for_vectors: Numbers;
    products_of_numbers: NumberProducts;
    output_of_numbers: NumberOutput;
    scalar_parameters: Scalars;
    fixed_parameters: Fixed;
}

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
    /// A product with ones beside an input, which makes its first column a bias, and with ones
    /// alone.
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

/// Parameters without a gradient keep zero in it, whatever flows through them.
#[test]
fn gradients_of_fixed_parameters_stay_zero() {
    let cell = Fixed::init(&mut seeded(4));
    let x = Array3::from_elem((6, 2, 3), 0.5);
    let mut run = Sequence::new();
    let y = run.record(&cell, &[x.view()], &[]).unwrap();
    let mut gradient = Fixed::zeros();
    run.backward(&cell, &OutputGradients::outputs(y.view()), &mut gradient).unwrap();
    for (info, values) in gradient.params() {
        assert_eq!(values.iter().any(|value| *value != 0.0), info.trainable, "{}", info.name);
    }
}
