//! The network whose units do not see each other.

crate::cell! {
    /// The independently recurrent network (Li, Li, Cook, Zhu and Gao 2018).
    ///
    /// ```text
    /// n = relu(W x + u * h + b)
    /// h = n
    /// ```
    ///
    /// Each unit has one recurrent weight, its own: units mix in the next layer. The paper keeps
    /// `|u|` at or below `2^(1/T)` for sequences of `T` steps by clipping after each update; here
    /// `u` starts at one and clipping is the caller's.
    pub struct IndRnn {
        input x: _;
        state h: _;
        param u: [h] = ones;

        gate n = relu(x; u * h);
        h[t] = n;
    }
}
