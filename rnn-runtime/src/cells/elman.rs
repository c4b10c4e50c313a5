//! The ungated cells: one activation over input and previous state.

crate::cell! {
    /// The simple recurrent network with tanh (Elman 1990); PyTorch's `RNN`.
    ///
    /// ```text
    /// n = tanh(W x + U h + b)
    /// h = n
    /// ```
    ///
    /// One bias: where a library has two (`b_ih`, `b_hh` in PyTorch) this is their sum.
    pub struct Elman {
        input x: _;
        state h: _;

        gate n = tanh(x, h);
        h[t] = n;
    }
}

crate::cell! {
    /// The simple recurrent network with rectified units; PyTorch's `RNN` with
    /// `nonlinearity="relu"`.
    ///
    /// ```text
    /// n = relu(W x + U h + b)
    /// h = n
    /// ```
    ///
    /// One bias, as in `Elman`. For long sequences see `Irnn`, which is this cell with another
    /// start.
    pub struct ElmanRelu {
        input x: _;
        state h: _;

        gate n = relu(x, h);
        h[t] = n;
    }
}

crate::cell! {
    /// The rectified network that starts by remembering (Le, Jaitly and Hinton 2015).
    ///
    /// ```text
    /// h = relu(W x + U h + b),   U = 1 and b = 0 at first
    /// ```
    ///
    /// As published the state is copied until something else is learnt: `U` starts as the identity,
    /// `W` with small normal values (deviation 0.001).
    pub struct Irnn {
        input x: _;
        state h: _;
        param W: [h, x] = normal(0.001);
        param U: [h, h] = identity;
        param b: [h] = zeros;

        h[t] = relu(W @ x + U @ h + b);
    }
}
