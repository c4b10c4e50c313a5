//! Cells with one gate: most of what a gated unit or an LSTM does, with fewer parameters.

crate::cell! {
    /// The minimal gated unit (Zhou, Wu, Zhang and Zhou 2016).
    ///
    /// ```text
    /// f = sigmoid(W_f x + U_f h + b_f)
    /// n = tanh(W_n x + U_n (f * h) + b_n)
    /// h = (1 - f) * h + f * n
    /// ```
    ///
    /// One gate both resets and updates. It takes: where `f` is one, the state is replaced.
    pub struct Mgu {
        input x: _;
        state h: _;

        gate f = sigmoid(x, h);
        fh = f * h;
        gate n = tanh(x, fh);
        h[t] = (1 - f) * h + f * n;
    }
}

crate::cell! {
    /// The update gate network (Collins, Sohl-Dickstein and Sussillo 2016).
    ///
    /// ```text
    /// n = tanh(W_n x + U_n h + b_n)
    /// g = sigmoid(W_g x + U_g h + b_g)
    /// h = g * h + (1 - g) * n
    /// ```
    ///
    /// The gate keeps: where `g` is one, the state stays. Its bias starts at 1.
    pub struct Ugrnn {
        input x: _;
        state h: _;

        gate n = tanh(x, h);
        gate g = sigmoid(x, h) bias 1.0;
        h[t] = g * h + (1 - g) * n;
    }
}

crate::cell! {
    /// Just another network, a forget gate only (van der Westhuizen and Lasenby 2018).
    ///
    /// ```text
    /// s = W_s x + U_s h + b_s
    /// n = tanh(W_n x + U_n h + b_n)
    /// h = sigmoid(s) * h + (1 - sigmoid(s - beta)) * n
    /// ```
    ///
    /// `beta`, a fixed number, 1 as published, lets a little more in than is forgotten. The gate
    /// keeps; its bias starts at 1. The paper draws it by the expected length of dependencies
    /// instead: `log(u)` for `u` uniform from 1 to that length, to be set by the caller.
    pub struct Janet {
        input x: _;
        state h: _;
        fixed beta = 1.0;

        gate s = linear(x, h) bias 1.0;
        gate n = tanh(x, h);
        h[t] = sigmoid(s) * h + (1 - sigmoid(s - beta)) * n;
    }
}
