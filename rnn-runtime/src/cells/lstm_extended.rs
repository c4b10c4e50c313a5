//! Long short-term memory with additions: peepholes, a projected state, multiplied transitions,
//! layer normalisation.

crate::cell! {
    /// Long short-term memory with peepholes: the gates see the cell state (Gers and Schmidhuber
    /// 2000).
    ///
    /// ```text
    /// i = sigmoid(W_i x + U_i h + p_i * c + b_i)
    /// f = sigmoid(W_f x + U_f h + p_f * c + b_f)
    /// g = tanh(W_g x + U_g h + b_g)
    /// c = f * c + i * g
    /// o = sigmoid(W_o x + U_o h + p_o * c + b_o)
    /// h = o * tanh(c)
    /// ```
    ///
    /// Input and forget gate read the previous cell state, the output gate the new one. A peephole
    /// is one weight a unit, uniform within 0.1 at first.
    pub struct PeepholeLstm {
        input x: _;
        state h: _, c: h;
        param p_i, p_f, p_o: [h] = uniform(0.1);

        gate i = sigmoid(x, h; p_i * c);
        gate f = sigmoid(x, h; p_f * c) bias 1.0;
        gate g = tanh(x, h);
        c[t] = f * c + i * g;
        gate o = sigmoid(x, h; p_o * c[t]);
        h[t] = o * tanh(c[t]);
    }
}

crate::cell! {
    /// Long short-term memory with a projected state (Sak, Senior and Beaufays 2014); PyTorch's
    /// `LSTM` with `proj_size`.
    ///
    /// ```text
    /// i = sigmoid(W_i x + U_i h + b_i)
    /// f = sigmoid(W_f x + U_f h + b_f)
    /// g = tanh(W_g x + U_g h + b_g)
    /// o = sigmoid(W_o x + U_o h + b_o)
    /// c = f * c + i * g
    /// h = R (o * tanh(c))
    /// ```
    ///
    /// The output and recurrent state `h` is shorter than the cell state `c`, whose length the
    /// gates have. Gates and biases as in `Lstm`, without the peepholes that the paper leaves open.
    pub struct ProjectedLstm {
        input x: _;
        state h: _, c: _;
        param R: [h, c] = glorot;

        gate i: c = sigmoid(x, h);
        gate f: c = sigmoid(x, h) bias 1.0;
        gate g: c = tanh(x, h);
        gate o: c = sigmoid(x, h);
        c[t] = f * c + i * g;
        m = o * tanh(c[t]);
        h[t] = R @ m;
    }
}

crate::cell! {
    /// Multiplicative long short-term memory (Krause, Lu, Murray and Renals 2016).
    ///
    /// ```text
    /// m = (W_m x) * (U_m h)
    /// i = sigmoid(W_i x + U_i m + b_i)
    /// f = sigmoid(W_f x + U_f m + b_f)
    /// g = tanh(W_g x + U_g m + b_g)
    /// o = sigmoid(W_o x + U_o m + b_o)
    /// c = f * c + i * g
    /// h = o * tanh(c)
    /// ```
    ///
    /// Every input has a transition of its own: `m` takes the place of the previous state in all
    /// gates. Biases start as in `Lstm`; `m` has none.
    pub struct MultiplicativeLstm {
        input x: _;
        state h: _, c: h;
        param W_m: [h, x], U_m: [h, h];

        m = (W_m @ x) * (U_m @ h);
        gate i = sigmoid(x, m);
        gate f = sigmoid(x, m) bias 1.0;
        gate g = tanh(x, m);
        gate o = sigmoid(x, m);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
    }
}

crate::cell! {
    /// Long short-term memory with layer normalisation (Ba, Kiros and Hinton 2016).
    ///
    /// ```text
    /// N(u) = (u - mean(u)) / sqrt(variance(u) + 1e-5)
    ///
    /// i = sigmoid(v_i * N(W_i x) + u_i * N(U_i h) + b_i)
    /// f = sigmoid(v_f * N(W_f x) + u_f * N(U_f h) + b_f)
    /// g = tanh(v_g * N(W_g x) + u_g * N(U_g h) + b_g)
    /// o = sigmoid(v_o * N(W_o x) + u_o * N(U_o h) + b_o)
    /// c = f * c + i * g
    /// h = o * tanh(v_c * N(c) + b_c)
    /// ```
    ///
    /// Each gate is normalised by itself, its input part apart from its recurrent part (others
    /// normalise the stacked gates together). The paper's three biases of a gate are one here,
    /// their sum. Gains start at 1, biases at 0 but the forget gate's, at 1. The state carried on
    /// is `c`, not its normalised form.
    pub struct LayerNormLstm {
        input x: _;
        state h: _, c: h;
        param W_i, W_f, W_g, W_o: [h, x];
        param U_i, U_f, U_g, U_o: [h, h];
        /// Gains of the input parts.
        param v_i, v_f, v_g, v_o: [h] = ones;
        /// Gains of the recurrent parts.
        param u_i, u_f, u_g, u_o: [h] = ones;
        param b_i, b_g, b_o: [h] = zeros;
        param b_f: [h] = ones;
        param v_c: [h] = ones;
        param b_c: [h] = zeros;

        i = sigmoid(v_i * layer_norm(W_i @ x) + u_i * layer_norm(U_i @ h) + b_i);
        f = sigmoid(v_f * layer_norm(W_f @ x) + u_f * layer_norm(U_f @ h) + b_f);
        g = tanh(v_g * layer_norm(W_g @ x) + u_g * layer_norm(U_g @ h) + b_g);
        o = sigmoid(v_o * layer_norm(W_o @ x) + u_o * layer_norm(U_o @ h) + b_o);
        c[t] = f * c + i * g;
        h[t] = o * tanh(layer_norm(c[t], v_c, b_c));
    }
}
