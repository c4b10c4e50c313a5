//! Cells whose gradients are small rests of larger values, of which single precision keeps few
//! digits: neither kernels nor the interpreter in `f32` come within 1e-4 of the interpreter in
//! `f64`, and verification allows what the interpreter loses, no more.

use rnn_runtime::prelude::*;
use rnn_runtime::verify::{Options, Tolerances, verify_at, verify_with};

rnn_runtime::cell! {
    /// The gradient of `x` is `1 - tanh^2` where `tanh` is nearly 1.
    struct Saturated {
        input x: 3;
        state h: 4;
        param W: [h, x], s = 0.3;
        one = 0 * x + s;
        q = W @ one;
        h[t] = tanh(q * h + sum(x));
        output q;
    }
}

rnn_runtime::cell! {
    /// The norm of three normalised values is nearly the same whatever they are, so the gradients
    /// of `j` cancel.
    struct Cancelling {
        input x: 3;
        state h: 8;
        gate i = softmax(x, h);
        gate j: x = layer_norm(x, h) bias ones;
        gate k = linear(i) no bias;
        h[t] = k * 0.5 + norm(j) * i;
    }
}

/// Some gradient misses the usual bound, and none what is allowed.
fn check<C: Cell>() {
    let usual = Tolerances::of::<f32>().gradient;
    let mut largest: f64 = 0.0;
    for (steps, batch, seed) in [(1, 40, 1), (1, 5, 1), (9, 5, 5)] {
        let options = Options { steps, batch, seed, coordinates: 3, ..Options::default() };
        let report = verify_with::<C>(&options);
        report.assert();
        let errors = report.tensors.iter().map(|row| row.error);
        largest = errors.fold(largest, f64::max);
        assert!(report.tensors.iter().all(|row| row.tolerance <= 100.0 * usual), "{report}");
    }
    assert!(largest > usual, "{largest}");
}

#[test]
fn saturated() {
    check::<Saturated>();
}

#[test]
fn cancelling() {
    check::<Cancelling>();
}

/// Cells with states that are zero but for rounding.
mod zero {
    rnn_runtime::cell! {
        /// The entries of a softmax add up to one.
        pub(crate) struct Softmax {
            input x: 6;
            state m: 1;
            gate g: x = linear(x);
            m[t] = 0.5 * m + sum(softmax(g)) - 1;
        }
    }

    rnn_runtime::cell! {
        /// The mean of normalised values.
        pub(crate) struct Mean {
            input x: 6;
            state h: 3, m: 1;
            gate g = tanh(x, h);
            h[t] = g;
            m[t] = mean(layer_norm(g));
        }
    }

    rnn_runtime::cell! {
        /// A sum that is one, whose gradient is zero.
        pub(crate) struct Gradient {
            input x: 4;
            state h: 1;
            gate g: 4 = softmax(x);
            h[t] = sum(g) + 0 * h;
        }
    }

    rnn_runtime::cell! {
        /// The same of squares, in double precision.
        pub(crate) struct Circle {
            scalar f64;
            input x: 3;
            state h: 3;
            gate a = linear(x);
            h[t] = square(sin(a)) + square(cos(a)) - 0.5 + 0 * h;
        }
    }

    rnn_runtime::cell! {
        /// A rest of a sum that is one, beside a state that decays.
        pub(crate) struct Attention {
            input x: 2;
            state h: 4;
            param p: [3, 4];
            gate g = tanh(x, h);
            e = softmax(p @ h);
            h[t] = 0.3 * g + sum(e) - 1;
        }
    }

    rnn_runtime::cell! {
        /// A small rest of one.
        pub(crate) struct Rest {
            scalar f64;
            input x: 3;
            state h: 3;
            gate g = tanh(x, h);
            h[t] = 1 + 1e-8 * g;
        }
    }

    rnn_runtime::cell! {
        /// One function written in two ways, also in double precision.
        pub(crate) struct Softplus {
            scalar f64;
            input x: 6;
            state h: 6, d: 6;
            h[t] = 0.5 * h + x;
            d[t] = log1p(exp(x)) - softplus(x);
        }
    }
}

#[test]
fn what_is_zero_but_for_rounding_passes_from_any_seed() {
    fn check<C: Cell>() {
        for seed in 1..=16 {
            let options = Options { seed, steps: 8, coordinates: 3, ..Options::default() };
            verify_with::<C>(&options).assert();
        }
    }
    check::<zero::Softmax>();
    check::<zero::Mean>();
    check::<zero::Softplus>();
    check::<zero::Gradient>();
    check::<zero::Circle>();
    check::<zero::Attention>();
    check::<zero::Rest>();
}

rnn_runtime::cell! {
    /// Defined for positive time constants only.
    struct Clock {
        input x: 3;
        state h: 3;
        param tau = 1.0;
        gate n = tanh(x, h);
        h[t] = 0.5 * h + n * log(tau);
    }
}

#[test]
fn small_parameters_near_the_end_of_a_domain_are_verified() {
    let mut cell = Clock::init(&mut seeded(1));
    for tau in [0.1, 1e-3, 1e-6, 1e-30] {
        *cell.scalar_mut("tau").unwrap() = tau;
        verify_at(&cell, &Options { steps: 5, ..Options::default() }).assert();
    }
    *cell.scalar_mut("tau").unwrap() = -1.0;
    assert!(!verify_at(&cell, &Options::default()).passed());
}
