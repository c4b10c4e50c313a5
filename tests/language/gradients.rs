//! Where gradients are written, and numbers on the tape.

checked! {
    gradients_in_place_by_products: Whole16;
    gradients_in_place_by_loops: Leaky;
    gradients_that_are_read: Added;
    gradients_that_are_handed_on: Summed;
    numbers_on_the_tape: ManyNumbers;
    numbers_on_the_tape_in_doubles: ManyDoubles;
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

/// More numbers on the tape than one slot takes, of which there are half as many to a slot in
/// doubles.
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
