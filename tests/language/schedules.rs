//! What is computed when: before the loop, in it, after it, once a call; outputs of every kind.

use ndarray::Array3;
use rnn_runtime::prelude::*;

checked! {
    sums_begun_by_an_earlier_product: Begun;
    concatenations_of_inputs_before_the_loop: Together;
    sums_of_parameters_in_a_sum: ParamSums;
    a_state_of_parameters_alone: Constantly;
    a_scalar_product_read_by_a_later_loop: Reread;
    products_of_products: LowRank;
    no_recurrence: Forgetful;
    output_of_an_input: OutputInput;
    output_of_a_previous_state: OutputPrevious;
    output_behind_the_loop: OutputBehind;
    a_part_of_what_is_computed_again: PartAgain;
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
    /// The next value of the state is computed once a call, and the state before the first step is
    /// another.
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
    /// Products of products: before the loop, in it, and after it.
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
    /// Products, gates and softmax after the loop.
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
    /// Before the loop, the backward pass reads a part of a value that it recomputes.
    struct PartAgain {
        input x: 5, y: 2;
        state h: 3;
        param p: [h, h], q: [h, y];
        a = sigmoid(x);
        h[t] = tanh(h);
        output tanh(p @ (a[1..4] * (q @ y)));
    }
}

rnn_runtime::cell! {
    /// A product whose largest entry is taken away from it.
    struct Shifted {
        input x: 5;
        state h: 5;
        h[t] = softmax(1e20 * x);
    }
}

/// Rounded once: with a fused multiply-add the largest entry would differ from itself by its
/// rounding error, whose exponential has no bound.
#[test]
fn a_product_that_is_read_twice_has_the_same_bits_in_both_places() {
    let x = Array3::from_shape_vec((1, 1, 5), vec![1.528, 1.478, 1.372, -1.61, 1e6]);
    let x = x.expect("five values");
    let y = Sequence::new().forward(&Shifted::zeros(), &[x.view()], &[]).expect("a run");
    assert_eq!(y.as_slice(), Some(&[0.0, 0.0, 0.0, 0.0, 1.0][..]));
}
