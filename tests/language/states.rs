//! States and inputs: several, equal, decaying, without bound; lengths.

use ndarray::Array3;
use rnn_runtime::prelude::*;

checked! {
    three_inputs_and_states: ThreeOfEach;
    next_values: NextValues;
    twins: Twins;
    doubles_of_fixed_length: Doubles;
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
    /// Pairs of states that become the same and begin apart: sums alone read the first pair, loops
    /// the second.
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
