//! The table of the notation's functions of one operand.

use super::map::{erfc, sigmoid, softplus};
use super::written::{
    GELU_CUBIC, SELU_ALPHA, SELU_SCALE, at_least, clamp, elu, gelu, gelu_tanh, hard_sigmoid,
    leaky_relu, log_sigmoid, mish, power, selu, silu,
};
use super::{Map, Value};
use crate::graph::build::Build;
use crate::graph::{Graph, NodeId};
use crate::ops::Number;

/// Elementwise functions of one operand; meanings in `rnn_runtime::graph::Unary`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Unary {
    /// One that is a lane function.
    Map(Map),
    Relu,
    /// Slope below zero, 0.01 if not given.
    LeakyRelu(Number),
    /// Scale below zero, 1 if not given.
    Elu(Number),
    Selu,
    Gelu,
    GeluTanh,
    Silu,
    Mish,
    LogSigmoid,
    HardSigmoid,
    HardTanh,
    Rsqrt,
    Square,
    Recip,
    Pow(Number),
    /// Low, high.
    Clamp(Number, Number),
}

/// Where the compiler has what it knows of a function.
enum Row {
    /// In the table of lane functions.
    Lane(Map),
    /// Here.
    Written(Facts),
}

struct Facts {
    name: &'static str,
    value: Value,
    /// The function in lane functions, given the numbers that come with it.
    written: fn(&mut Graph, NodeId, &[f64]) -> NodeId,
}

impl From<Map> for Unary {
    fn from(map: Map) -> Unary {
        Unary::Map(map)
    }
}

/// Those that need no more than their operand and are written in others, with the numbers that
/// come with them if no others are given.
const WRITTEN: [Unary; 14] = [
    Unary::Relu,
    Unary::LeakyRelu(Number(0.01)),
    Unary::Elu(Number(1.0)),
    Unary::Selu,
    Unary::Gelu,
    Unary::GeluTanh,
    Unary::Silu,
    Unary::Mish,
    Unary::LogSigmoid,
    Unary::HardSigmoid,
    Unary::HardTanh,
    Unary::Rsqrt,
    Unary::Square,
    Unary::Recip,
];

impl Unary {
    /// Those that need no more than their operand, so that they can be gate activations.
    pub(crate) fn elementwise() -> impl Iterator<Item = Unary> {
        Map::NOTATION.iter().map(|&map| Unary::Map(map)).chain(WRITTEN)
    }

    /// Its row of the table.
    fn row(self) -> Row {
        Row::Written(match self {
            Unary::Map(map) => return Row::Lane(map),
            Unary::Relu => facts("relu", |u, _| u.max(0.0), |g, u, _| at_least(g, u, 0.0)),
            Unary::LeakyRelu(_) => facts(
                "leaky_relu",
                |u, numbers| if u > 0.0 { u } else { numbers[0] * u },
                |g, u, numbers| leaky_relu(g, u, numbers[0]),
            ),
            Unary::Elu(_) => facts(
                "elu",
                |u, numbers| elu_value(u, numbers[0]),
                |g, u, numbers| elu(g, u, numbers[0]),
            ),
            Unary::Selu => facts("selu", |u, _| SELU_SCALE * elu_value(u, SELU_ALPHA), selu),
            Unary::Gelu => facts("gelu", |u, _| u * 0.5 * erfc(-u / 2_f64.sqrt()), gelu).near(),
            Unary::GeluTanh => facts("gelu_tanh", |u, _| gelu_tanh_value(u), gelu_tanh).near(),
            Unary::Silu => facts("silu", |u, _| u * sigmoid(u), silu),
            Unary::Mish => facts("mish", |u, _| u * softplus(u).tanh(), mish),
            Unary::LogSigmoid => facts("log_sigmoid", |u, _| -softplus(-u), log_sigmoid),
            Unary::HardSigmoid => {
                facts("hard_sigmoid", |u, _| (u / 6.0 + 0.5).clamp(0.0, 1.0), hard_sigmoid)
            }
            Unary::HardTanh => {
                facts("hard_tanh", |u, _| u.clamp(-1.0, 1.0), |g, u, _| clamp(g, u, -1.0, 1.0))
            }
            Unary::Rsqrt => facts(
                "rsqrt",
                |u, _| 1.0 / u.sqrt(),
                |g, u, _| {
                    let root = g.map(Map::Sqrt, u);
                    g.reciprocal(root)
                },
            ),
            Unary::Square => facts("square", |u, _| u * u, |g, u, _| g.square(u)),
            Unary::Recip => facts("recip", |u, _| 1.0 / u, |g, u, _| g.reciprocal(u)),
            Unary::Pow(_) => facts(
                "pow",
                |u, numbers| u.powf(numbers[0]),
                |g, u, numbers| power(g, u, numbers[0]),
            ),
            Unary::Clamp(..) => facts(
                "clamp",
                |u, numbers| u.clamp(numbers[0], numbers[1]),
                |g, u, numbers| clamp(g, u, numbers[0], numbers[1]),
            ),
        })
    }

    /// Its name in the notation.
    pub(crate) fn name(self) -> &'static str {
        match self.row() {
            Row::Lane(map) => map.facts().name,
            Row::Written(facts) => facts.name,
        }
    }

    /// The name of its variant in the runtime's `graph::Unary`.
    pub(crate) fn variant(self) -> String {
        let name = match self {
            Unary::Map(map) => format!("{map:?}"),
            _ => format!("{self:?}"),
        };
        name.chars().take_while(char::is_ascii_alphanumeric).collect()
    }

    /// The numbers that come with it.
    pub(crate) fn numbers(self) -> Vec<f64> {
        match self {
            Unary::LeakyRelu(a) | Unary::Elu(a) | Unary::Pow(a) => vec![a.0],
            Unary::Clamp(low, high) => vec![low.0, high.0],
            _ => Vec::new(),
        }
    }

    /// Its value straight from the definition, unlike [`written`](Unary::written).
    pub(crate) fn value(self, u: f64) -> f64 {
        match self.row() {
            Row::Written(facts) => facts.value.at(u, &self.numbers()),
            Row::Lane(map) => map.value(u),
        }
    }

    /// Whether its value is precise enough for a constant.
    pub(crate) fn is_exact(self) -> bool {
        match self.row() {
            Row::Written(facts) => facts.value.is_exact(),
            Row::Lane(map) => map.is_exact(),
        }
    }

    /// The function of a value in lane functions.
    pub(crate) fn written(self, g: &mut Graph, u: NodeId) -> NodeId {
        match self.row() {
            Row::Written(facts) => (facts.written)(g, u, &self.numbers()),
            Row::Lane(map) => g.map(map, u),
        }
    }
}

fn facts(
    name: &'static str,
    value: fn(f64, &[f64]) -> f64,
    written: fn(&mut Graph, NodeId, &[f64]) -> NodeId,
) -> Facts {
    Facts { name, value: Value::Exact(value), written }
}

impl Facts {
    /// Its value is no more than near.
    fn near(self) -> Facts {
        Facts { value: self.value.near(), ..self }
    }
}

fn elu_value(u: f64, scale: f64) -> f64 {
    if u > 0.0 { u } else { scale * u.exp_m1() }
}

/// As it is defined, with few digits in the lower tail.
fn gelu_tanh_value(u: f64) -> f64 {
    let inside = (2.0 / std::f64::consts::PI).sqrt() * (u + GELU_CUBIC * u.powi(3));
    u / 2.0 * (1.0 + inside.tanh())
}
