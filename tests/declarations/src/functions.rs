//! The functions of the notation, and what each makes of an interval.

use crate::draw::Draw;
use crate::range::{Range, range};

/// Elementwise functions of one operand that can be activations of gates.
pub(crate) const ELEMENTWISE: [&str; 27] = [
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "gelu_tanh",
    "silu",
    "mish",
    "softplus",
    "softsign",
    "log_sigmoid",
    "hard_sigmoid",
    "hard_tanh",
    "exp",
    "log",
    "log1p",
    "sqrt",
    "rsqrt",
    "square",
    "abs",
    "sign",
    "sin",
    "cos",
    "atan",
    "recip",
];

/// Functions with jumps.
pub(crate) const STEPS: [&str; 2] = ["floor", "round"];

/// Those that give small values whatever they get.
pub(crate) const SQUASHING: [&str; 7] =
    ["tanh", "sigmoid", "tanh", "sigmoid", "softsign", "hard_tanh", "hard_sigmoid"];

/// No value that is made is larger.
pub(crate) const LARGEST: f64 = 8.0;

/// No value under a logarithm, a root or a fraction is smaller.
pub(crate) const SMALLEST: f64 = 0.2;

/// What `name` makes of an interval; `None` where it is not defined, or grows too much.
pub(crate) fn apply(name: &str, v: Range) -> Option<Range> {
    let small = v.size() <= LARGEST;
    let positive = v.low >= SMALLEST;
    let result = match name {
        "sigmoid" => range(0.0, 1.0),
        "tanh" => v.map(f64::tanh),
        "softsign" => v.map(|u| u / (1.0 + u.abs())),
        "hard_tanh" => v.map(|u| u.clamp(-1.0, 1.0)),
        "hard_sigmoid" => range(0.0, 1.0),
        "sin" | "cos" | "sign" if small => range(-1.0, 1.0),
        "relu" => v.map(|u| u.max(0.0)),
        "leaky_relu" => v.map(|u| u.max(0.01 * u)),
        "elu" | "selu" => range(v.low.clamp(-1.76, 0.0), 1.06 * v.high.max(0.0)),
        "gelu" | "gelu_tanh" | "silu" | "mish" => range(-0.31, v.high.max(0.0)),
        "softplus" => v.map(|u| u.exp().ln_1p()),
        "log_sigmoid" if small => v.map(|u| -(-u).exp().ln_1p()),
        "exp" if v.high <= 2.0 && small => v.map(f64::exp),
        "square" => range(square_low(v), v.size() * v.size()),
        "abs" => range(square_low(v).sqrt(), v.size()),
        "log" if positive => v.map(f64::ln),
        "log1p" if v.low >= SMALLEST - 1.0 => v.map(f64::ln_1p),
        "atan" => v.map(f64::atan),
        "sqrt" if positive => v.map(f64::sqrt),
        "rsqrt" if positive => range(1.0 / v.high.sqrt(), 1.0 / v.low.sqrt()),
        "recip" if positive || v.high <= -SMALLEST => range(1.0 / v.high, 1.0 / v.low),
        _ => return None,
    };
    (result.size() <= LARGEST).then_some(result)
}

fn square_low(v: Range) -> f64 {
    if v.low <= 0.0 && v.high >= 0.0 { 0.0 } else { (v.low * v.low).min(v.high * v.high) }
}

/// A function that takes what lies in `v`, and what it makes of it.
pub(crate) fn elementwise(draw: &mut Draw, v: Range) -> (&'static str, Range) {
    // The usual ones more often.
    let common = ["sigmoid", "tanh"];
    loop {
        let name = if draw.chance(40) { draw.pick(&common) } else { draw.pick(&ELEMENTWISE) };
        if let Some(result) = apply(name, v) {
            return (name, result);
        }
    }
}

/// A function with constants: name, the text of the constants, and what it makes of `v`.
pub(crate) fn with_constants(draw: &mut Draw, v: Range) -> (&'static str, String, Range) {
    match draw.below(4) {
        0 => {
            let (low, high) = draw.pick(&[(-1.0, 1.0), (0.0, 1.0), (-0.5, 0.25), (0.25, 2.0)]);
            ("clamp", format!(", {low}, {high}"), v.map(|u: f64| u.clamp(low, high)))
        }
        1 => {
            let slope = draw.pick(&[0.0, 0.1, 0.25]);
            ("leaky_relu", format!(", {slope}"), v.map(|u| if u < 0.0 { slope * u } else { u }))
        }
        2 => {
            let scale = draw.pick(&[0.5, 1.5, 2.0]);
            ("elu", format!(", {scale}"), range(v.low.clamp(-scale, 0.0), v.high.max(0.0)))
        }
        _ => power(draw, v),
    }
}

/// Whole exponents of small values, any of positive ones.
fn power(draw: &mut Draw, v: Range) -> (&'static str, String, Range) {
    let positive = v.low >= SMALLEST && v.high <= 2.0;
    let exponent = if positive { draw.pick(&[-2.0, -0.5, 0.5, 1.5, 0.7, 3.0, -1.0]) } else { 2.0 };
    let result = if positive {
        let (a, b) = (v.low.powf(exponent), v.high.powf(exponent));
        range(a.min(b), a.max(b))
    } else {
        range(0.0, v.size() * v.size())
    };
    if !positive && draw.chance(50) && v.size() <= 2.0 {
        let cube = v.size().powi(3);
        return ("pow", ", 3".to_owned(), range(-cube, cube));
    }
    ("pow", format!(", {exponent}"), result)
}
