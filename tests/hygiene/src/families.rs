//! Families of one name in several modules, and families of every visibility.

/// One family.
pub mod first {
    rnn_runtime::cell! {
        /// A network with tanh.
        pub struct Plain {
            input x: _;
            state h: _;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }

    rnn_runtime::cell! {
        /// The same in two places.
        pub struct Twin {
            input x: _;
            state h: _;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }
}

/// Another family of the same name, and a family that is the same altogether.
pub mod second {
    rnn_runtime::cell! {
        /// A network with relu.
        pub struct Plain {
            input x: _;
            state h: _;
            gate n = relu(x, h);
            h[t] = n;
        }
    }

    rnn_runtime::cell! {
        /// The same in two places.
        pub struct Twin {
            input x: _;
            state h: _;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }
}

mod restricted {
    rnn_runtime::cell! {
        /// For this crate.
        pub(crate) struct Inside {
            input x: _;
            state h: _;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }

    rnn_runtime::cell! {
        /// For this module.
        struct Private {
            input x: _;
            state h: _;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }

    Private! {
        /// Made beside its family.
        pub struct OfPrivate { x: 1, h: 2 }
    }
}

pub use self::restricted::OfPrivate;

first::Plain! {
    /// Of the first family.
    pub struct OfFirst { x: 2, h: 3 }
}

second::Plain! {
    /// Of the second family.
    pub struct OfSecond { x: 2, h: 3 }
}

second::Twin! {
    /// Of one of two families that are the same.
    pub struct OfTwin { x: 2, h: 3 }
}

first::Twin! {
    /// Of the other.
    pub struct OfOtherTwin { x: 2, h: 3 }
}

restricted::Inside! {
    /// Of a family for this crate.
    pub struct OfInside { x: 2, h: 3 }
}
