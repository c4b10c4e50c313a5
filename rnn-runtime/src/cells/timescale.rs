//! Cells that learn how fast they move.

crate::cell! {
    /// Long expressive memory (Rusch, Mishra, Erichson and Mahoney 2021).
    ///
    /// ```text
    /// d = dt * sigmoid(W_a x + U_a y + b_a)
    /// e = dt * sigmoid(W_b x + U_b y + b_b)
    /// z = (1 - d) * z + d * tanh(W_z x + U_z y + b_z)
    /// y = (1 - e) * y + e * tanh(W_y x + U_y z + b_y)
    /// ```
    ///
    /// Two coupled states, each with a gate for its own time scale; the second line reads the new
    /// `z`. `dt`, a fixed number, 1 unless set, is the longest time step.
    pub struct Lem {
        input x: _;
        state y: _, z: y;
        fixed dt = 1.0;

        gate a = sigmoid(x, y);
        gate b = sigmoid(x, y);
        d = dt * a;
        e = dt * b;
        gate g = tanh(x, y);
        z[t] = (1 - d) * z + d * g;
        gate q = tanh(x, z[t]);
        y[t] = (1 - e) * y + e * q;
    }
}

crate::cell! {
    /// The fast gated network: one product for gate and candidate (Kusupati et al. 2018).
    ///
    /// ```text
    /// p = W x + U h
    /// z = sigmoid(p + b_z)
    /// n = tanh(p + b_n)
    /// h = (sigmoid(zeta) * (1 - z) + sigmoid(nu)) * n + z * h
    /// ```
    ///
    /// `zeta` and `nu` are trained numbers, 1 and -4 at first, biases 1, all as in the authors'
    /// code. The gate keeps. The matrices are full, not the paper's low-rank, sparse and quantised
    /// ones.
    pub struct FastGrnn {
        input x: _;
        state h: _;
        param b_z, b_n: [h] = ones;
        param zeta = 1.0, nu = -4.0;

        gate p = linear(x, h) no bias;
        z = sigmoid(p + b_z);
        n = tanh(p + b_n);
        h[t] = (sigmoid(zeta) * (1 - z) + sigmoid(nu)) * n + z * h;
    }
}
