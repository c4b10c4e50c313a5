//! Reductions, initialisers, numbers and shapes; `functions` has the elementwise operations.
//!
//! The runtime has a twin of these types in its `graph` module: the interpreter behind it gives
//! them their meaning once more, written apart, so that it is an independent witness.

/// Shape of a value; its lengths are numbers but in the checks, which families go through, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Shape<L = usize> {
    Scalar,
    Vector(L),
    /// `[rows, columns]`
    Matrix(L, L),
}

impl Shape {
    pub(crate) fn len(self) -> usize {
        match self {
            Shape::Scalar => 1,
            Shape::Vector(n) => n,
            Shape::Matrix(rows, columns) => rows * columns,
        }
    }
}

/// The smallest normal number of the scalar type, below which kernels have zero.
pub(crate) fn smallest_normal(double: bool) -> f64 {
    if double { f64::MIN_POSITIVE } else { f32::MIN_POSITIVE.into() }
}

/// The largest finite number of the scalar type.
pub(crate) fn largest_number(double: bool) -> f64 {
    if double { f64::MAX } else { f32::MAX.into() }
}

/// A literal number, comparable and hashable by its bits so that nodes can be shared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub(crate) f64);

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Number {}

impl std::hash::Hash for Number {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// Functions that see a whole vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reduce {
    Sum,
    Mean,
    Dot,
    Norm,
    Softmax,
    /// One operand, or three with gain and bias.
    LayerNorm {
        /// 1e-5 if not given.
        epsilon: Number,
    },
}

/// Initialisers by name; meanings in `rnn_runtime::graph::Init`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Init {
    Uniform(f64),
    /// The default of weights: `1/sqrt(n)`, n the length of the first state.
    UniformFan(usize),
    Normal(f64),
    Glorot,
    He,
    Orthogonal,
    Identity,
    Constant(f64),
}

/// The format of packed weights for inference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weights {
    /// That of the parameters.
    Full,
    /// IEEE 754 half precision.
    F16,
    /// The upper half of an `f32`.
    Bf16,
}

impl Weights {
    /// From the word of the notation.
    pub(crate) fn read(word: &proc_macro2::Ident) -> Option<Self> {
        [Weights::Full, Weights::F16, Weights::Bf16].into_iter().find(|w| word == w.name())
    }

    /// The word of the notation.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Weights::Full => "f32",
            Weights::F16 => "f16",
            Weights::Bf16 => "bf16",
        }
    }
}
