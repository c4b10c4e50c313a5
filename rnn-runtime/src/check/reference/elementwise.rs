//! Elementwise functions: the value and the derivative of each side by side, as
//! [`graph`](crate::graph) defines them.
//!
//! [`unary_rule`] and [`binary_rule`] are the tables. A row hands all formulas to a [`UnaryUse`] or
//! [`BinaryUse`], which takes those it needs; so the choice of the function is made once an array,
//! not once a value.

use core::f64::consts::FRAC_2_PI;

use ndarray::{Array2, ArrayView2, Zip};

use super::numbers::{
    clamp, fast_sigmoid, fast_tanh, handed, larger, logaddexp, nearest, normal, normal_density,
    power, share, shared, sigmoid, sign, smaller, softplus,
};
use crate::declaration::graph::{Binary, Unary};
use crate::kernels::element::Element;

/// Scale of SELU (Klambauer et al. 2017).
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
/// Its factor on the exponential.
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// The factor of the cube in the tanh form of GELU.
const GELU_CUBE: f64 = 0.044_715;

/// `f(u)` for each value, with the approximations of `activations fast;` if asked for.
pub(super) fn unary<E: Element>(f: Unary, fast: bool, u: &Array2<E>) -> Array2<E> {
    unary_rule(f, fast, UnaryValue(u))
}

/// Adjoint of `u` from the adjoint `dy` of `y = f(u)`, all of one shape.
pub(super) fn unary_adjoint<E: Element>(
    f: Unary,
    fast: bool,
    u: &Array2<E>,
    y: &Array2<E>,
    dy: &Array2<E>,
) -> Array2<E> {
    unary_rule(f, fast, UnaryAdjoint { u, y, dy })
}

/// `f(a, b)` for each pair; single rows and single columns broadcast.
pub(super) fn binary<E: Element>(f: Binary, a: &Array2<E>, b: &Array2<E>) -> Array2<E> {
    binary_rule(f, BinaryValue(a, b))
}

/// Adjoints of `a` and of `b` from the adjoint `dy` of `f(a, b)`, both in the shape of `dy`: where
/// an operand was broadcast they are still to be summed.
pub(super) fn binary_adjoint<E: Element>(
    f: Binary,
    a: &Array2<E>,
    b: &Array2<E>,
    dy: &Array2<E>,
) -> (Array2<E>, Array2<E>) {
    binary_rule(f, BinaryAdjoint { a, b, dy })
}

/// What is done with a function of one operand once it is known which: `value` of `u`, and `slope`,
/// the derivative, of `u` and the value.
trait UnaryUse<E> {
    fn of(self, value: impl Fn(E) -> E, slope: impl Fn(E, E) -> E) -> Array2<E>;
}

struct UnaryValue<'a, E>(&'a Array2<E>);

impl<E: Element> UnaryUse<E> for UnaryValue<'_, E> {
    fn of(self, value: impl Fn(E) -> E, _: impl Fn(E, E) -> E) -> Array2<E> {
        self.0.mapv(value)
    }
}

struct UnaryAdjoint<'a, E> {
    u: &'a Array2<E>,
    y: &'a Array2<E>,
    dy: &'a Array2<E>,
}

impl<E: Element> UnaryUse<E> for UnaryAdjoint<'_, E> {
    fn of(self, _: impl Fn(E) -> E, slope: impl Fn(E, E) -> E) -> Array2<E> {
        Zip::from(self.u)
            .and(self.y)
            .and(self.dy)
            .map_collect(|&u, &y, &dy| handed(dy, slope(u, y)))
    }
}

/// The functions of one operand. Comparisons are such that a NaN comes through.
fn unary_rule<E: Element>(f: Unary, fast: bool, to: impl UnaryUse<E>) -> Array2<E> {
    let n = E::from_f64;
    let (zero, one, half) = (E::zero(), E::one(), n(0.5));
    match f {
        Unary::Neg => to.of(|u| -u, |_, _| -one),
        // Of the approximations too: what is made of them besides is exact.
        Unary::Sigmoid => to.of(if fast { fast_sigmoid } else { sigmoid }, |_, y| y * (one - y)),
        Unary::Tanh => to.of(if fast { fast_tanh } else { E::tanh }, |_, y| one - y * y),
        Unary::Relu => {
            to.of(|u| if u < zero { zero } else { u }, |u, _| if u <= zero { zero } else { one })
        }
        Unary::LeakyRelu(a) => leaky(to, n(a)),
        Unary::Elu(a) => exponential_below(to, one, n(a)),
        Unary::Selu => exponential_below(to, n(SELU_SCALE), n(SELU_SCALE * SELU_ALPHA)),
        Unary::Gelu => to.of(|u| u * normal(u), |u, _| normal(u) + u * normal_density(u)),
        Unary::GeluTanh => gelu_tanh(to),
        Unary::Silu => silu(to),
        Unary::Mish => mish(to),
        Unary::Softplus => to.of(softplus, |u, _| sigmoid(u)),
        Unary::Softsign => softsign(to),
        Unary::LogSigmoid => to.of(|u| -softplus(-u), |u, _| sigmoid(-u)),
        Unary::HardSigmoid => hard_sigmoid(to),
        Unary::HardTanh => clamped(to, -one, one),
        Unary::Exp => to.of(|u| u.exp(), |_, y| y),
        Unary::Log => to.of(|u| u.ln(), |u, _| one / u),
        Unary::Log1p => to.of(|u| u.ln_1p(), |u, _| one / (one + u)),
        Unary::Sqrt => to.of(|u| u.sqrt(), |_, y| half / y),
        Unary::Rsqrt => to.of(|u| one / u.sqrt(), |_, y| -half * y * y * y),
        Unary::Square => to.of(|u| u * u, |u, _| u + u),
        Unary::Abs => to.of(|u| u.abs(), |u, _| sign(u)),
        Unary::Sign => to.of(sign, |_, _| zero),
        Unary::Sin => to.of(|u| u.sin(), |u, _| u.cos()),
        Unary::Cos => to.of(|u| u.cos(), |u, _| -u.sin()),
        Unary::Atan => to.of(|u| u.atan(), |u, _| one / (one + u * u)),
        Unary::Floor => to.of(|u| u.floor(), |_, _| zero),
        Unary::Round => to.of(nearest, |_, _| zero),
        Unary::Recip => to.of(|u| one / u, |_, y| -y * y),
        // The constant 1 has no slope, not even at 0, where the power rule has 0 * infinity.
        Unary::Pow(0.0) => to.of(|_| one, |_, _| zero),
        Unary::Pow(p) => to.of(|u| power(u, p), |u, _| n(p) * power(u, p - 1.0)),
        Unary::Clamp(low, high) => clamped(to, n(low), n(high)),
    }
}

/// `u` above zero, `slope * u` below.
fn leaky<E: Element>(to: impl UnaryUse<E>, slope: E) -> Array2<E> {
    to.of(
        |u| if u <= E::zero() { slope * u } else { u },
        |u, _| if u <= E::zero() { slope } else { E::one() },
    )
}

/// `above * u` above zero, `below * (exp(u) - 1)` below.
fn exponential_below<E: Element>(to: impl UnaryUse<E>, above: E, below: E) -> Array2<E> {
    to.of(
        |u| if u <= E::zero() { below * u.exp_m1() } else { above * u },
        |u, _| if u <= E::zero() { below * u.exp() } else { above },
    )
}

/// With `(1 + tanh(v)) / 2 = sigmoid(2 v)`, which keeps the digits of the lower tail.
fn gelu_tanh<E: Element>(to: impl UnaryUse<E>) -> Array2<E> {
    let (c, cube) = (E::from_f64(2.0 * FRAC_2_PI.sqrt()), E::from_f64(GELU_CUBE));
    let (one, three) = (E::one(), E::from_f64(3.0));
    let gate = |u: E| sigmoid(c * (u + cube * u * u * u));
    // Beyond, the gate is 0 or 1, and the slope of the cube may be infinite.
    let bounded = |u: E| clamp(u, E::from_f64(-30.0), E::from_f64(30.0));
    to.of(
        |u| u * gate(bounded(u)),
        |u, _| {
            let (s, v) = (gate(bounded(u)), bounded(u));
            s + v * s * (one - s) * c * (one + three * cube * v * v)
        },
    )
}

fn silu<E: Element>(to: impl UnaryUse<E>) -> Array2<E> {
    to.of(
        |u| u * sigmoid(u),
        |u, _| {
            let s = sigmoid(u);
            s + u * s * (E::one() - s)
        },
    )
}

fn mish<E: Element>(to: impl UnaryUse<E>) -> Array2<E> {
    to.of(
        |u| u * softplus(u).tanh(),
        |u, _| {
            let t = softplus(u).tanh();
            t + u * (E::one() - t * t) * sigmoid(u)
        },
    )
}

fn softsign<E: Element>(to: impl UnaryUse<E>) -> Array2<E> {
    let below = |u: E| E::one() + u.abs();
    to.of(|u| u / below(u), |u, _| E::one() / (below(u) * below(u)))
}

fn hard_sigmoid<E: Element>(to: impl UnaryUse<E>) -> Array2<E> {
    let (zero, three, six) = (E::zero(), E::from_f64(3.0), E::from_f64(6.0));
    to.of(
        |u| (clamp(u, -three, three) + three) / six,
        |u, _| if u > -three && u < three { E::one() / six } else { zero },
    )
}

fn clamped<E: Element>(to: impl UnaryUse<E>, low: E, high: E) -> Array2<E> {
    to.of(|u| clamp(u, low, high), |u, _| if u > low && u < high { E::one() } else { E::zero() })
}

/// What is done with a function of two operands `a` and `b` once it is known which: `value`, and
/// what the `left` and the `right` operand get of the adjoint, the third number.
trait BinaryUse<E> {
    type Result;

    fn of(
        self,
        value: impl Fn(E, E) -> E,
        left: impl Fn(E, E, E) -> E,
        right: impl Fn(E, E, E) -> E,
    ) -> Self::Result;
}

struct BinaryValue<'a, E>(&'a Array2<E>, &'a Array2<E>);

impl<E: Element> BinaryUse<E> for BinaryValue<'_, E> {
    type Result = Array2<E>;

    fn of(
        self,
        value: impl Fn(E, E) -> E,
        _: impl Fn(E, E, E) -> E,
        _: impl Fn(E, E, E) -> E,
    ) -> Array2<E> {
        let (a, b) = (self.0, self.1);
        let dim = (common(a.nrows(), b.nrows()), common(a.ncols(), b.ncols()));
        Zip::from(broadcast(a, dim)).and(broadcast(b, dim)).map_collect(|&a, &b| value(a, b))
    }
}

struct BinaryAdjoint<'a, E> {
    a: &'a Array2<E>,
    b: &'a Array2<E>,
    dy: &'a Array2<E>,
}

impl<E: Element> BinaryUse<E> for BinaryAdjoint<'_, E> {
    type Result = (Array2<E>, Array2<E>);

    fn of(
        self,
        _: impl Fn(E, E) -> E,
        left: impl Fn(E, E, E) -> E,
        right: impl Fn(E, E, E) -> E,
    ) -> Self::Result {
        let dim = self.dy.dim();
        let operands = Zip::from(broadcast(self.a, dim)).and(broadcast(self.b, dim)).and(self.dy);
        let da = operands.clone().map_collect(|&a, &b, &dy| left(a, b, dy));
        (da, operands.map_collect(|&a, &b, &dy| right(a, b, dy)))
    }
}

/// The functions of two operands.
fn binary_rule<E: Element, U: BinaryUse<E>>(f: Binary, to: U) -> U::Result {
    let zero = E::zero();
    let choice = |condition, yes, no| if condition { yes } else { no };
    match f {
        Binary::Add => to.of(|a, b| a + b, |_, _, dy| dy, |_, _, dy| dy),
        Binary::Sub => to.of(|a, b| a - b, |_, _, dy| dy, |_, _, dy| -dy),
        Binary::Mul => to.of(|a, b| a * b, |_, b, dy| handed(dy, b), |a, _, dy| handed(dy, a)),
        Binary::Div => {
            to.of(|a, b| a / b, |_, b, dy| shared(dy, b), |a, b, dy| -handed(shared(dy, b), a / b))
        }
        Binary::Min => {
            let first = |a, b, dy| choice(a < b, dy, zero);
            to.of(smaller, first, |a, b, dy| choice(a < b, zero, dy))
        }
        Binary::Max => {
            let first = |a, b, dy| choice(a > b, dy, zero);
            to.of(larger, first, |a, b, dy| choice(a > b, zero, dy))
        }
        Binary::Logaddexp => {
            to.of(logaddexp, |a, b, dy| handed(dy, share(a, b)), |a, b, dy| handed(dy, share(b, a)))
        }
    }
}

/// The length two lengths broadcast to; they are equal or one of them is 1.
pub(super) fn common(a: usize, b: usize) -> usize {
    if a == 1 { b } else { a }
}

/// `a` seen with the shape `dim`.
pub(super) fn broadcast<E>(a: &Array2<E>, dim: (usize, usize)) -> ArrayView2<'_, E> {
    a.broadcast(dim).expect("checked graphs broadcast only single rows and columns")
}
