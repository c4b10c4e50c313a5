//! The table of the notation's functions of one operand.

use super::map::{erfc, sigmoid, softplus};
use super::written::{
    GELU_CUBIC, SELU_ALPHA, SELU_SCALE, at_least, clamp, elu, gelu, gelu_tanh, hard_sigmoid,
    leaky_relu, log_sigmoid, mish, power, rsqrt, selu, silu,
};
use super::{Map, Value, Zip};
use crate::graph::build::Build;
use crate::graph::{Graph, NodeId};
use crate::ops::Number;

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

/// The functions with their rows: those that need no more than their operand, with the number that
/// comes with them if no other is given, and those that are always given numbers.
macro_rules! table {
    (
        elementwise {
            $($(#[$of:meta])* $function:ident $(($number:ident = $default:literal))? = $row:expr;)*
        }
        given { $($(#[$of_other:meta])* $other:ident($($given:ident),+) = $other_row:expr;)* }
    ) => {
        /// Elementwise functions of one operand; meanings in `rnn_runtime::graph::Unary`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Unary {
            /// One that is a lane function.
            Map(Map),
            $($(#[$of])* $function $(($number))?,)*
            $($(#[$of_other])* $other($($given),+),)*
        }

        /// Those that need no more than their operand and are written in others.
        const WRITTEN: &[Unary] = &[$(Unary::$function $(($number($default)))?),*];

        impl Unary {
            /// Its row of the table.
            fn row(self) -> Row {
                Row::Written(match self {
                    Unary::Map(map) => return Row::Lane(map),
                    $(Unary::$function $(($number(_)))? => $row,)*
                    $(Unary::$other($($given(_)),+) => $other_row,)*
                })
            }
        }
    };
}

table! {
    elementwise {
        Relu = facts("relu", |u, _| Zip::Max.value(u, 0.0), |g, u, _| at_least(g, u, 0.0));
        /// Slope below zero.
        LeakyRelu(Number = 0.01) = facts(
            "leaky_relu",
            |u, numbers| if u > 0.0 { u } else { numbers[0] * u },
            |g, u, numbers| leaky_relu(g, u, numbers[0]),
        );
        /// Scale below zero.
        Elu(Number = 1.0) = facts(
            "elu",
            |u, numbers| elu_value(u, numbers[0]),
            |g, u, numbers| elu(g, u, numbers[0]),
        );
        Selu = facts("selu", |u, _| SELU_SCALE * elu_value(u, SELU_ALPHA), selu);
        Gelu = facts("gelu", |u, _| u * 0.5 * erfc(-u / 2_f64.sqrt()), gelu).near();
        GeluTanh = facts("gelu_tanh", |u, _| gelu_tanh_value(u), gelu_tanh).near();
        Silu = facts("silu", |u, _| u * sigmoid(u), silu);
        Mish = facts("mish", |u, _| u * softplus(u).tanh(), mish);
        LogSigmoid = facts("log_sigmoid", |u, _| -softplus(-u), log_sigmoid);
        HardSigmoid =
            facts("hard_sigmoid", |u, _| clamp_value(u / 6.0 + 0.5, 0.0, 1.0), hard_sigmoid);
        HardTanh = facts(
            "hard_tanh",
            |u, _| clamp_value(u, -1.0, 1.0),
            |g, u, _| clamp(g, u, -1.0, 1.0),
        );
        Rsqrt = facts("rsqrt", |u, _| 1.0 / u.sqrt(), rsqrt);
        Square = facts("square", |u, _| u * u, |g, u, _| g.square(u));
        Recip = facts("recip", |u, _| 1.0 / u, |g, u, _| g.reciprocal(u));
    }
    given {
        Pow(Number) = facts(
            "pow",
            |u, numbers| u.powf(numbers[0]),
            |g, u, numbers| power(g, u, numbers[0]),
        );
        /// Low, high.
        Clamp(Number, Number) = facts(
            "clamp",
            |u, numbers| clamp_value(u, numbers[0], numbers[1]),
            |g, u, numbers| clamp(g, u, numbers[0], numbers[1]),
        );
    }
}

impl Unary {
    /// Those that need no more than their operand, so that they can be gate activations.
    pub(crate) fn elementwise() -> impl Iterator<Item = Unary> {
        let lanes = Map::NOTATION.iter().map(|&map| Unary::Map(map));
        lanes.chain(WRITTEN.iter().copied())
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

/// Unlike `f64::clamp` it takes 0 for -0 where that is the bound.
fn clamp_value(u: f64, low: f64, high: f64) -> f64 {
    Zip::Min.value(Zip::Max.value(u, low), high)
}

fn elu_value(u: f64, scale: f64) -> f64 {
    if u > 0.0 { u } else { scale * u.exp_m1() }
}

/// As it is defined, with few digits in the lower tail.
fn gelu_tanh_value(u: f64) -> f64 {
    let inside = (2.0 / std::f64::consts::PI).sqrt() * (u + GELU_CUBIC * u.powi(3));
    u / 2.0 * (1.0 + inside.tanh())
}
