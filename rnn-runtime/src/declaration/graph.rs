//! The graph of a cell as static data: what the declaration says, before any compiler pass.
//!
//! The macro emits one [`CellGraph`] a cell. The interpreter in `reference` evaluates it and
//! differentiates it with rules of its own, so that a fault of the compiler behind the kernels
//! shows as a difference. Everything here is plain data without pointers into the kernels.

pub use crate::kernels::matrix::WeightFormat;

/// A cell as its declaration states it: names, sizes, parameters and one step as a list of nodes.
#[derive(Debug)]
pub struct CellGraph {
    /// Name of the declared type.
    pub name: &'static str,
    /// The declaration's equations, one a line, as the user wrote them.
    pub equations: &'static str,
    /// What the compiler made of it: [`Cell::explain`](crate::Cell::explain).
    pub explanation: &'static str,
    /// Inputs in order of declaration.
    pub inputs: &'static [Port],
    /// States in order of declaration.
    pub states: &'static [Port],
    /// Parameters in the order of the flat buffer.
    pub params: &'static [ParamInfo],
    /// One step, operands before their users.
    pub nodes: &'static [Node],
    /// For each state, the node of its next value.
    pub next: &'static [usize],
    /// The node of the output.
    pub output: usize,
    /// Length of the output vector.
    pub output_len: usize,
    /// The sequence length if the declaration fixes it.
    pub steps: Option<usize>,
    /// How inference keeps the weights of products.
    pub weights: WeightFormat,
    /// Whether sigmoid and tanh are the [fast](crate::simd::accuracy::SIGMOID_FAST) ones.
    pub fast: bool,
}

impl CellGraph {
    /// A graph without anything: what stands in for a cell with errors.
    #[doc(hidden)]
    pub const EMPTY: CellGraph = CellGraph {
        name: "",
        equations: "",
        explanation: "",
        inputs: &[],
        states: &[],
        params: &[],
        nodes: &[],
        next: &[],
        output: 0,
        output_len: 0,
        steps: None,
        weights: WeightFormat::Full,
        fast: false,
    };

    /// Number of values in the flat parameter buffer.
    pub const fn param_len(&self) -> usize {
        match self.params.last() {
            Some(last) => last.offset.saturating_add(last.shape.len()),
            None => 0,
        }
    }

    /// Number of values of all inputs together at one step of one batch row.
    pub fn input_len(&self) -> usize {
        total(self.inputs.iter().map(|p| p.len))
    }

    /// Number of values of all states together for one batch row.
    pub fn state_len(&self) -> usize {
        total(self.states.iter().map(|p| p.len))
    }

    /// Number of values of all nodes, and of the output, at one step of one batch row.
    #[cfg(feature = "std")]
    pub(crate) fn step_len(&self) -> usize {
        total(self.nodes.iter().map(|node| node.shape.len()).chain([self.output_len]))
    }
}

/// The sum of lengths, which in a graph written by hand may be any: the largest number where it is
/// larger.
pub(crate) fn total(lengths: impl Iterator<Item = usize>) -> usize {
    lengths.fold(0, usize::saturating_add)
}

/// A named vector at the border of a cell: an input or a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// Its name in the declaration.
    pub name: &'static str,
    /// Its length.
    pub len: usize,
}

/// A parameter and its place in the flat buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParamInfo {
    /// Its name: as declared, or `gate.operand` and `gate.b` for those a gate makes.
    pub name: &'static str,
    /// Shape; matrices are row-major.
    pub shape: Shape,
    /// First index in the flat buffer.
    pub offset: usize,
    /// How it is initialised.
    pub init: Init,
    /// False for `fixed` parameters, which have no gradient (their gradient entries stay zero).
    pub trainable: bool,
}

/// Shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One number; broadcasts against every shape.
    Scalar,
    /// A vector of this length.
    Vector(usize),
    /// A matrix, `[rows, columns]`.
    Matrix(usize, usize),
}

impl Shape {
    /// Number of values; the largest number for a shape that has more.
    pub const fn len(self) -> usize {
        match self {
            Shape::Scalar => 1,
            Shape::Vector(n) => n,
            Shape::Matrix(rows, columns) => rows.saturating_mul(columns),
        }
    }

    /// True for shapes without values, which a checked declaration never has.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Initialisers by name. `fan_in` is the number of columns of a matrix (its length for a vector),
/// `fan_out` the number of rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    /// Uniform in `[-r, r]`.
    Uniform(f64),
    /// Uniform in `[-1/sqrt(n), 1/sqrt(n)]`, `n` the length of the first state: what PyTorch's
    /// recurrent layers do.
    UniformFan(usize),
    /// Normal with this standard deviation.
    Normal(f64),
    /// Glorot and Bengio 2010: uniform in `±sqrt(6 / (fan_in + fan_out))`.
    Glorot,
    /// He et al. 2015: normal with standard deviation `sqrt(2 / fan_in)`.
    He,
    /// Saxe et al. 2014: a random matrix with orthonormal rows or columns.
    Orthogonal,
    /// Ones on the diagonal, zeros elsewhere.
    Identity,
    /// Every value this number (`zeros`, `ones` and plain numbers).
    Constant(f64),
}

/// One value of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// How it is computed.
    pub op: Op,
    /// Operands, as indices of earlier nodes.
    pub args: &'static [usize],
    /// Its shape; never a matrix.
    pub shape: Shape,
    /// The name the declaration gives it, if any.
    pub name: Option<&'static str>,
}

/// What a node computes. Elementwise operations broadcast scalars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    /// Input number `i` at this step.
    Input(usize),
    /// State number `i` at the step before.
    Prev(usize),
    /// Vector or scalar parameter number `i`.
    Param(usize),
    /// A number; with a vector shape, that number at each position.
    Const(f64),
    /// Matrix parameter number `param` (or its transpose) times the vector operand.
    Product {
        /// Index of the matrix in [`CellGraph::params`].
        param: usize,
        /// Whether the transpose is meant.
        transposed: bool,
    },
    /// The operands one after another.
    Concat,
    /// `len` values of the operand from `start` on; `len` is the node's shape.
    Slice {
        /// First index.
        start: usize,
    },
    /// An elementwise function of one operand.
    Unary(Unary),
    /// An elementwise function of two operands.
    Binary(Binary),
    /// A vector to a scalar, or a vector normalised as a whole.
    Reduce(Reduce),
}

/// Elementwise functions of one operand. Slopes are those of the definitions, at kinks as stated
/// here. Where one is infinite the gradient is infinite too, unless nothing flows into it or out of
/// it: in the chain of slopes zero times infinity is zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unary {
    /// `-u`.
    Neg,
    /// `1 / (1 + exp(-u))`.
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// `max(u, 0)`; derivative 0 at 0.
    Relu,
    /// `u` above zero, `a * u` below (Maas et al. 2013); derivative `a` at 0.
    LeakyRelu(f64),
    /// `u` above zero, `a * (exp(u) - 1)` below (Clevert et al. 2015); derivative `a` at 0.
    Elu(f64),
    /// Scaled ELU (Klambauer et al. 2017).
    Selu,
    /// `u * Phi(u)` with the error function (Hendrycks and Gimpel 2016).
    Gelu,
    /// The tanh form of GELU: `u/2 * (1 + tanh(sqrt(2/pi) * (u + 0.044715 u^3)))`.
    GeluTanh,
    /// `u * sigmoid(u)`.
    Silu,
    /// `u * tanh(softplus(u))` (Misra 2019).
    Mish,
    /// `log(1 + exp(u))`.
    Softplus,
    /// `u / (1 + |u|)`.
    Softsign,
    /// `log(sigmoid(u))`.
    LogSigmoid,
    /// `(clamp(u, -3, 3) + 3) / 6` (PyTorch's function); derivative 0 outside and at the ends.
    HardSigmoid,
    /// `clamp(u, -1, 1)`; derivative 0 outside and at the ends.
    HardTanh,
    /// Exponential.
    Exp,
    /// Natural logarithm; derivative infinite at 0.
    Log,
    /// `log(1 + u)`, with all digits near zero; minus infinity at -1, where its derivative is
    /// infinite, NaN below.
    Log1p,
    /// Square root; derivative infinite at 0.
    Sqrt,
    /// `1 / sqrt(u)`; infinite at 0, and its derivative minus infinity.
    Rsqrt,
    /// `u * u`.
    Square,
    /// `|u|`; derivative 0 at 0.
    Abs,
    /// -1, 0 or 1; derivative 0.
    Sign,
    /// Sine.
    Sin,
    /// Cosine.
    Cos,
    /// Inverse tangent, between `-pi/2` and `pi/2`, which it is at the infinities.
    Atan,
    /// The largest whole number that is not above `u`; derivative 0, at the jumps too. Zeros and
    /// infinities stay.
    Floor,
    /// The nearest whole number, of two the even one (IEEE 754's `roundTiesToEven`, as in NumPy and
    /// PyTorch); derivative 0, at the jumps too. Zeros and infinities stay.
    Round,
    /// `1 / u`.
    Recip,
    /// `u` to a constant power; NaN below zero unless the exponent is whole. Derivative infinite at
    /// 0 for exponents below 1 other than 0.
    Pow(f64),
    /// `min(max(u, low), high)`; derivative 0 outside and at the ends.
    Clamp(f64, f64),
}

/// Elementwise functions of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient.
    Div,
    /// Smaller one as IEEE 754-2019 has it, NaN if either is NaN; where equal the derivative goes
    /// to the second.
    Min,
    /// Larger one as IEEE 754-2019 has it, NaN if either is NaN; where equal the derivative goes to
    /// the second.
    Max,
    /// `log(exp(a) + exp(b))`, which does not overflow; NaN if either is NaN. The derivatives are
    /// `sigmoid(a - b)` and `sigmoid(b - a)`, the shares of a softmax, and 1/2 each where neither
    /// is larger: both are equal, be it infinite, or one is NaN.
    Logaddexp,
}

/// Functions that see a whole vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reduce {
    /// Sum of a vector, a scalar.
    Sum,
    /// Mean of a vector, a scalar.
    Mean,
    /// Inner product of two vectors, a scalar.
    Dot,
    /// Euclidean norm, a scalar; derivative 0 at the zero vector.
    Norm,
    /// Softmax over the vector.
    Softmax,
    /// `(u - mean) / sqrt(variance + epsilon)`, then `* gain + bias` when there are three operands
    /// (Ba, Kiros and Hinton 2016); the variance divides by the length.
    LayerNorm {
        /// Added to the variance.
        epsilon: f64,
    },
}
