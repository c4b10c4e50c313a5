//! Cells whose gradients are small rests of larger values, of which single precision keeps few
//! digits: neither kernels nor the interpreter in `f32` come within 1e-4 of the interpreter in
//! `f64`, and verification allows what the interpreter loses, no more.

use rnn_runtime::prelude::*;
use rnn_runtime::verify::{Options, Tolerances, verify_with};

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
