//! Recurrences whose gates see the input only: linear in the state, so that all products are done
//! before the first step.

crate::cell! {
    /// The minimal gated recurrent unit without recurrent products (Feng et al. 2024).
    ///
    /// ```text
    /// z = sigmoid(W_z x + b_z)
    /// n = W_n x + b_n
    /// h = (1 - z) * h + z * n
    /// ```
    ///
    /// The gate takes: where `z` is one, the state is replaced. The paper's other form, which maps
    /// `n` to positive values for a scan in logarithms, is not this one.
    pub struct MinGru {
        input x: _;
        state h: _;

        gate z = sigmoid(x);
        gate n = linear(x);
        h[t] = (1 - z) * h + z * n;
    }
}

crate::cell! {
    /// The minimal long short-term memory without recurrent products (Feng et al. 2024).
    ///
    /// ```text
    /// f = sigmoid(W_f x + b_f)
    /// i = sigmoid(W_i x + b_i)
    /// n = W_n x + b_n
    /// h = f / (f + i) * h + i / (f + i) * n
    /// ```
    ///
    /// The share `f / (f + i)` is computed as `sigmoid(log f - log i)`, the same number, which is
    /// never 0 / 0 when both gates are closed. `b_f` starts at 1.
    pub struct MinLstm {
        input x: _;
        state h: _;

        gate f = linear(x) bias 1.0;
        gate i = linear(x);
        gate n = linear(x);
        keep = sigmoid(log_sigmoid(f) - log_sigmoid(i));
        h[t] = keep * h + (1 - keep) * n;
    }
}
