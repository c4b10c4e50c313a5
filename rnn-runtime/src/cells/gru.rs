//! Gated recurrent units. In all of them but `SimplifiedGru` the update gate `z` keeps: where it is
//! one, the state stays as it was. Cho's paper counts this way too; Chung's has the roles of `z`
//! and `1 - z` swapped.

crate::cell! {
    /// The gated recurrent unit that resets after the product (Cho et al. 2014, first version);
    /// PyTorch's and cuDNN's `GRU`, Keras's with `reset_after=True`.
    ///
    /// ```text
    /// r = sigmoid(W_r x + U_r h + b_r)
    /// z = sigmoid(W_z x + U_z h + b_z)
    /// q = U_n h + c_n
    /// n = tanh(W_n x + b_n + r * q)
    /// h = (1 - z) * n + z * h
    /// ```
    ///
    /// The candidate has two biases, since one of them is reset: `n.b` and `q.b`. For `r` and `z`
    /// PyTorch's two are summed. The gates stand in PyTorch's order, `r`, `z`, `n`.
    pub struct Gru {
        input x: _;
        state h: _;

        gate r = sigmoid(x, h);
        gate z = sigmoid(x, h);
        gate q = linear(h);
        gate n = tanh(x; r * q);
        h[t] = (1 - z) * n + z * h;
    }
}

crate::cell! {
    /// The gated recurrent unit that resets before the product (Cho et al. 2014, as published);
    /// ONNX's with `linear_before_reset = 0`, Keras's with `reset_after=False`.
    ///
    /// ```text
    /// r = sigmoid(W_r x + U_r h + b_r)
    /// z = sigmoid(W_z x + U_z h + b_z)
    /// n = tanh(W_n x + U_n (r * h) + b_n)
    /// h = (1 - z) * n + z * h
    /// ```
    ///
    /// The second product waits for the first, so a step is slower than `Gru`'s. One bias a gate.
    pub struct GruResetBefore {
        input x: _;
        state h: _;

        gate r = sigmoid(x, h);
        gate z = sigmoid(x, h);
        rh = r * h;
        gate n = tanh(x, rh);
        h[t] = (1 - z) * n + z * h;
    }
}

crate::cell! {
    /// The gated recurrent unit without a reset gate, as courses teach it first.
    ///
    /// ```text
    /// u = sigmoid(W_u [c, x] + b_u)
    /// n = tanh(W_n [c, x] + b_n)
    /// c = u * n + (1 - u) * c
    /// ```
    ///
    /// Here the update gate `u` takes: where it is one, the state is replaced. Each matrix, `[c, c
    /// + x]`, reads the state and the input one after the other.
    pub struct SimplifiedGru {
        input x: _;
        state c: _;

        cx = [c, x];
        gate u = sigmoid(cx);
        gate n = tanh(cx);
        c[t] = u * n + (1 - u) * c;
    }
}
