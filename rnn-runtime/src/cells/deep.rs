//! Cells with several layers inside one step.

crate::cell! {
    /// The recurrent highway network of depth 3 with coupled carry gates (Zilly, Srivastava,
    /// Koutnik and Schmidhuber 2016).
    ///
    /// ```text
    /// k1 = tanh(W_k x + U_k1 h + b_k1)
    /// t1 = sigmoid(W_t x + U_t1 h + b_t1)
    /// s1 = k1 * t1 + h * (1 - t1)
    ///
    /// k2 = tanh(U_k2 s1 + b_k2)
    /// t2 = sigmoid(U_t2 s1 + b_t2)
    /// s2 = k2 * t2 + s1 * (1 - t2)
    ///
    /// k3 = tanh(U_k3 s2 + b_k3)
    /// t3 = sigmoid(U_t3 s2 + b_t3)
    /// h = k3 * t3 + s2 * (1 - t3)
    /// ```
    ///
    /// Only the first layer sees the input. The transform gates take, the carry gate is `1 - t`;
    /// transform biases start at -2, so that the state is carried at first.
    pub struct Highway {
        input x: _;
        state h: _;

        gate k1 = tanh(x, h);
        gate t1 = sigmoid(x, h) bias -2.0;
        s1 = k1 * t1 + h * (1 - t1);
        gate k2 = tanh(s1);
        gate t2 = sigmoid(s1) bias -2.0;
        s2 = k2 * t2 + s1 * (1 - t2);
        gate k3 = tanh(s2);
        gate t3 = sigmoid(s2) bias -2.0;
        h[t] = k3 * t3 + s2 * (1 - t3);
    }
}

crate::cell! {
    /// The cell that a search found (Zoph and Le 2016).
    ///
    /// ```text
    /// a1 = sigmoid(W_1 x + U_1 h)          l1 = tanh(a1 * a2)
    /// a2 = relu(W_2 x + U_2 h)             l2 = tanh(a3 + a4)
    /// a3 = sigmoid(W_3 x + U_3 h)          l3 = tanh(a5 * a6)
    /// a4 = relu((W_4 x) * (U_4 h))         l4 = sigmoid(a7 + a8)
    /// a5 = tanh(W_5 x + U_5 h)
    /// a6 = sigmoid(W_6 x + U_6 h)          c = tanh(l1 + c) * l2
    /// a7 = tanh(W_7 x + U_7 h)             h = tanh(c * tanh(l3 + l4))
    /// a8 = sigmoid(W_8 x + U_8 h)
    /// ```
    ///
    /// As printed, without biases and without projection; the fourth pair is multiplied, not added.
    pub struct Nas {
        input x: _;
        state h: _, c: h;

        gate a1 = sigmoid(x, h) no bias;
        gate a2 = relu(x, h) no bias;
        gate a3 = sigmoid(x, h) no bias;
        gate p4 = linear(x) no bias;
        gate q4 = linear(h) no bias;
        a4 = relu(p4 * q4);
        gate a5 = tanh(x, h) no bias;
        gate a6 = sigmoid(x, h) no bias;
        gate a7 = tanh(x, h) no bias;
        gate a8 = sigmoid(x, h) no bias;
        l1 = tanh(a1 * a2);
        l2 = tanh(a3 + a4);
        l3 = tanh(a5 * a6);
        l4 = sigmoid(a7 + a8);
        c[t] = tanh(l1 + c) * l2;
        h[t] = tanh(c[t] * tanh(l3 + l4));
    }
}
