//! Functions of the notation and the declaration's own.

use rnn_runtime::prelude::*;

checked! {
    smooth_functions: Smooth;
    functions_of_positive_numbers: Positive;
    functions_with_kinks: Kinks;
    functions_of_whole_vectors: Whole;
    every_function_in_one_cell: Zoo;
    functions_of_several_arguments: OwnFunctions;
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
    /// Each smooth function on its own in the output, and once in the recurrence.
    pub struct Smooth {
        input x: 5;
        state h: 7;
        gate a = linear(x, h);
        gate b = gelu(x, h);
        h[t] = tanh(0.3 * b + sin(a) * silu(h) - mish(a) / 3);
        output [
            sigmoid(a), gelu_tanh(a), silu(a), mish(a), softplus(a), log_sigmoid(a), exp(a), sin(a),
            cos(a), atan(3 * a), logaddexp(a, b), logaddexp(0, 5 * a), square(a), elu(a, 0.7),
            selu(a), softsign(a), pow(a, 3), b
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
        output [
            log(far), log1p(far), log1p(a - 0.9), sqrt(far), rsqrt(far), recip(far), pow(far, 0.5),
            pow(far, -2), a / far
        ];
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
            sign(a), floor(4 * a), round(4 * a) * a, clamp(a, -0.2, 0.3), min(a, h[t-1]), max(a, b),
            min(a, 0.1), max(0, b), elu(a), selu(b)
        ];
    }
}

rnn_runtime::cell! {
    /// Reductions in the recurrence, and after the loop.
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
        a = sigmoid(u) + tanh(v) + relu(u) + leaky_relu(v, 0.125) + elu(u) + elu(v, 0.75)
            + selu(u - v);
        b = gelu(u) + gelu_tanh(v) + silu(u) + mish(v) + softplus(u) + softsign(v) + log_sigmoid(u);
        c = hard_sigmoid(u * 3.0) + hard_tanh(v * 2.0) + exp(u) + log(w) + sqrt(w) + rsqrt(w)
            + square(v);
        d = abs(u) + sign(v) * u + sin(u) + cos(v) + atan(u) + round(v) * u - floor(3.0 * u)
            + log1p(w) + recip(w) + pow(w, 1.7) + clamp(u * 2.0, -0.5, 0.75);
        e = min(u, v) + max(u, q) + logaddexp(u, p) + u / w - q * v;
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
