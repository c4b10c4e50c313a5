//! Declarations that use the names of generated code.

rnn_runtime::cell! {
    /// Names of the kernels' arguments, indices, rows and buffers.
    pub struct Generated {
        input simd: 3, frame: 2;
        state row: 5, at: 5, S: 4;
        param p: [row], TAPE: [S, row], x_row: [row], tape_row: [S], kernels = 0.5;
        gate acc = sigmoid(simd, frame, row; p * at);
        tmp = tanh(TAPE @ row + tape_row);
        s = sum(acc);
        s_total = mean(x_row * acc) + kernels;
        prev = acc * x_row * s;
        S[t] = tmp * s_total;
        at[t] = softmax(prev + at);
        next = [tmp[1..], frame];
        row[t] = tanh(next + prev * s_total);
        output [row[t], at[t], tape_row * S[t]];
    }
}

rnn_runtime::cell! {
    /// Names of what a cell's type has.
    pub struct Surface {
        input flat: 2, zeros: 2, init: 2;
        state call: 3, before: 3, step: 3;
        param simd_1, v_2, v3: [call];
        gate after = tanh(flat, zeros, init, call, before, step);
        call[t] = after * simd_1;
        before[t] = after - v_2;
        step[t] = after / (1 + square(v3));
    }
}

rnn_runtime::cell! {
    /// Products alone, and values that are passed on.
    pub struct Linear {
        input x: 3;
        state h: 4;
        param W: [h, x];
        h[t] = W @ x;
    }
}

rnn_runtime::cell! {
    /// Nothing to compute.
    pub struct Nothing {
        input x: 3;
        state last: x;
        last[t] = x;
    }
}

rnn_runtime::cell! {
    /// A word of Rust for a name.
    #[allow(non_camel_case_types, reason = "the word is what is tested")]
    pub struct r#type {
        input x: 3;
        state h: 4;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

/// Cells that are called like modules, types and constants of generated code.
#[allow(non_camel_case_types, reason = "the names are what is tested")]
pub mod types {
    rnn_runtime::cell! {
        /// Like the runtime's module.
        pub struct p { input x: 3; state h: 4; steps 2; gate n = tanh(x, h); h[t] = n; }
    }
    rnn_runtime::cell! {
        /// Like the module of the stages.
        pub struct kernels { input x: 3; state h: 4; gate n = tanh(x, h); h[t] = n; }
    }
    rnn_runtime::cell! {
        /// Like whether there is a tape.
        pub struct TAPE { input x: 3; state h: 4; gate n = tanh(x, h); h[t] = n; }
    }
    rnn_runtime::cell! {
        /// Like the type of kernels.
        pub struct S { input x: 3; state h: 4; gate n = tanh(x, h); h[t] = n; }
    }
}

/// The prelude beside the cell of the standard library, which has the name of a trait in it.
pub mod beside_a_cell {
    use rnn_runtime::prelude::*;
    use std::cell::Cell;

    cell! {
        /// Elman's network.
        pub struct Elman { input x: 3; state h: 4; gate n = tanh(x, h); h[t] = n; }
    }

    /// How many parameters the cell has.
    pub fn parameters() -> usize {
        Cell::new(Elman::zeros()).into_inner().as_slice().len()
    }
}
