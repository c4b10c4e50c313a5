//! Elementary functions in twice the precision of `f64`, slow and plain: what the vector functions
//! of doubles are measured against.

/// A number as the sum of two, the second within the rounding of the first: about 105 bits (Dekker
/// 1971).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Double(pub(crate) f64, pub(crate) f64);

impl Double {
    fn of(value: f64) -> Double {
        Double(value, 0.0)
    }

    fn add(self, other: Double) -> Double {
        let sum = self.0 + other.0;
        let part = sum - self.0;
        let rest = (self.0 - (sum - part)) + (other.0 - part);
        Double::normal(sum, rest + self.1 + other.1)
    }

    fn mul(self, other: Double) -> Double {
        let product = self.0 * other.0;
        let rest = self.0.mul_add(other.0, -product);
        Double::normal(product, rest + self.0 * other.1 + self.1 * other.0)
    }

    fn div(self, other: Double) -> Double {
        let first = Double::of(self.0 / other.0);
        let rest = self.add(other.mul(first).neg());
        first.add(Double::of(rest.0 / other.0))
    }

    fn neg(self) -> Double {
        Double(-self.0, -self.1)
    }

    fn scale(self, factor: f64) -> Double {
        Double(self.0 * factor, self.1 * factor)
    }

    fn normal(high: f64, low: f64) -> Double {
        let sum = high + low;
        Double(sum, low - (sum - high))
    }
}

const LN_2: Double = Double(core::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);

/// `exp(x) - 1` by its series at `r / 256`, doubled eight times by `(1 + e)^2 - 1 = e (2 + e)`.
fn exp_m1_small(r: Double) -> Double {
    let r = r.scale(1.0 / 256.0);
    let mut sum = Double::of(0.0);
    for k in (1..=12).rev() {
        sum = r.div(Double::of(f64::from(k))).mul(Double::of(1.0).add(sum));
    }
    for _ in 0..8 {
        sum = sum.mul(Double::of(2.0).add(sum));
    }
    sum
}

/// `exp(x)`, for results and powers of two that are normal.
pub(crate) fn exp(x: Double) -> Double {
    let n = (x.0 / LN_2.0).round();
    let r = x.add(LN_2.mul(Double::of(-n)));
    // In two factors: 2^1024 is none.
    let half = (n / 2.0).trunc();
    Double::of(1.0).add(exp_m1_small(r)).scale(half.exp2()).scale((n - half).exp2())
}

/// `exp(x) - 1`.
pub(crate) fn exp_m1(x: Double) -> Double {
    if x.0.abs() < 0.5 { exp_m1_small(x) } else { exp(x).add(Double::of(-1.0)) }
}

/// `log(1 + e)` by one Newton step on the logarithm in single precision.
pub(crate) fn log_1p(e: Double) -> Double {
    let guess = Double::of(e.0.ln_1p());
    let found = exp_m1(guess);
    guess.add(e.add(found.neg()).div(Double::of(1.0).add(found)))
}

/// `log(x)` of a positive normal number.
pub(crate) fn log(x: f64) -> Double {
    if (0.5..2.0).contains(&x) {
        return log_1p(Double::of(x - 1.0));
    }
    let guess = Double::of(x.ln());
    let found = exp(guess);
    guess.add(Double::of(x).add(found.neg()).div(found))
}

/// `x ln 2`.
pub(crate) fn times_ln_2(x: f64) -> Double {
    LN_2.mul(Double::of(x))
}

/// `1 / (1 + exp(-x))`.
pub(crate) fn sigmoid(x: Double) -> Double {
    let e = exp(x.scale(-x.0.signum()));
    let d = Double::of(1.0).add(e);
    if x.0 < 0.0 { e.div(d) } else { Double::of(1.0).div(d) }
}

/// Hyperbolic tangent.
pub(crate) fn tanh(x: Double) -> Double {
    let e = exp_m1(x.scale(-2.0 * x.0.signum()));
    e.div(Double::of(2.0).add(e)).neg().scale(x.0.signum())
}

/// Inverse tangent by one step from the one in double precision:
/// `tan(atan(x) - y) = (x cos(y) - sin(y)) / (cos(y) + x sin(y))`.
pub(crate) fn atan(x: f64) -> Double {
    let (x, y) = (Double::of(x), Double::of(x.atan()));
    let (mut term, mut series) = (Double::of(1.0), [Double::of(1.0), Double::of(0.0)]);
    // The series of the cosine in turn with that of the sine.
    for k in 1..=40 {
        term = term.mul(y).div(Double::of(f64::from(k)));
        let signed = if k % 4 < 2 { term } else { term.neg() };
        series[k as usize % 2] = series[k as usize % 2].add(signed);
    }
    let [cos, sin] = series;
    y.add(x.mul(cos).add(sin.neg()).div(cos.add(x.mul(sin))))
}

/// `log(1 + exp(x))`.
pub(crate) fn softplus(x: f64) -> Double {
    Double::of(x.max(0.0)).add(log_1p(exp(Double::of(-x.abs()))))
}

/// `log(exp(a) + exp(b))` of numbers that are no further apart than exponentials reach.
pub(crate) fn logaddexp(a: f64, b: f64) -> Double {
    let (larger, smaller) = (Double::of(a.max(b)), Double::of(a.min(b)));
    larger.add(log_1p(exp(smaller.add(larger.neg()))))
}
