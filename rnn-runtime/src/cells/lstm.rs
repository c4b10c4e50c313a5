//! Long short-term memory: the usual form, the first one, and two with changed gates.

crate::cell! {
    /// Long short-term memory with a forget gate (Hochreiter and Schmidhuber 1997; Gers,
    /// Schmidhuber and Cummins 2000); PyTorch's and Keras's `LSTM`.
    ///
    /// ```text
    /// i = sigmoid(W_i x + U_i h + b_i)
    /// f = sigmoid(W_f x + U_f h + b_f)
    /// g = tanh(W_g x + U_g h + b_g)
    /// o = sigmoid(W_o x + U_o h + b_o)
    /// c = f * c + i * g
    /// h = o * tanh(c)
    /// ```
    ///
    /// The gates stand in PyTorch's order. One bias a gate: PyTorch's is the sum of `b_ih` and
    /// `b_hh`. The forget bias starts at 1 (Jozefowicz, Zaremba and Sutskever 2015), the others at
    /// 0.
    pub struct Lstm {
        input x: _;
        state h: _, c: h;

        gate i = sigmoid(x, h);
        gate f = sigmoid(x, h) bias 1.0;
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = f * c + i * g;
        h[t] = o * tanh(c[t]);
    }
}

crate::cell! {
    /// Long short-term memory without a forget gate (Hochreiter and Schmidhuber 1997).
    ///
    /// ```text
    /// i = sigmoid(W_i x + U_i h + b_i)
    /// g = tanh(W_g x + U_g h + b_g)
    /// o = sigmoid(W_o x + U_o h + b_o)
    /// c = c + i * g
    /// h = o * tanh(c)
    /// ```
    ///
    /// The cell state only adds up, so it grows with the sequence. Of the original's memory blocks
    /// each has one cell here, and the gradient is the full one, not truncated.
    pub struct LstmWithoutForget {
        input x: _;
        state h: _, c: h;

        gate i = sigmoid(x, h);
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = c + i * g;
        h[t] = o * tanh(c[t]);
    }
}

crate::cell! {
    /// Long short-term memory with coupled input and forget gates, CIFG (Greff, Srivastava,
    /// Koutnik, Steunebrink and Schmidhuber 2015).
    ///
    /// ```text
    /// i = sigmoid(W_i x + U_i h + b_i)
    /// g = tanh(W_g x + U_g h + b_g)
    /// o = sigmoid(W_o x + U_o h + b_o)
    /// c = (1 - i) * c + i * g
    /// h = o * tanh(c)
    /// ```
    ///
    /// What the input gate lets in, the cell forgets. `b_i` starts at -1, which is a forget bias of
    /// 1.
    pub struct CoupledLstm {
        input x: _;
        state h: _, c: h;

        gate i = sigmoid(x, h) bias -1.0;
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = (1 - i) * c + i * g;
        h[t] = o * tanh(c[t]);
    }
}

crate::cell! {
    /// Long short-term memory with a sigmoid around the cell's update.
    ///
    /// ```text
    /// i = sigmoid(W_i x + U_i h + b_i)
    /// f = sigmoid(W_f x + U_f h + b_f)
    /// g = tanh(W_g x + U_g h + b_g)
    /// o = sigmoid(W_o x + U_o h + b_o)
    /// c = sigmoid(f * c + i * g)
    /// h = tanh(c) * o
    /// ```
    ///
    /// Not a published cell: some lecture notes print the update so. The cell state stays between 0
    /// and 1 and fades at least fourfold a step, so nothing is kept for long. Biases start as in
    /// `Lstm`.
    pub struct SigmoidLstm {
        input x: _;
        state h: _, c: h;

        gate i = sigmoid(x, h);
        gate f = sigmoid(x, h) bias 1.0;
        gate g = tanh(x, h);
        gate o = sigmoid(x, h);
        c[t] = sigmoid(f * c + i * g);
        h[t] = tanh(c[t]) * o;
    }
}
