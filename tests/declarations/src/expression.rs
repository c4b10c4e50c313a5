//! Random expressions of a given length; those that change it are in `parts`.

use std::f64::consts::LN_2;

use crate::functions::{self, LARGEST, SMALLEST, SQUASHING};
use crate::generate::Maker;
use crate::length::Length;
use crate::range::{Range, range};
use crate::value::{Level, Source, Value};

#[derive(Debug, Clone, Copy)]
enum Form {
    Leaf,
    Elementwise,
    Constants,
    Arithmetic,
    Extreme,
    Negative,
    Product,
    Concat,
    Slice,
    Softmax,
    LayerNorm,
    Own,
}

/// Forms of vectors and how often they come.
const OF_VECTORS: [(usize, Form); 12] = [
    (4, Form::Leaf),
    (8, Form::Elementwise),
    (2, Form::Constants),
    (11, Form::Arithmetic),
    (2, Form::Extreme),
    (1, Form::Negative),
    (4, Form::Product),
    (4, Form::Concat),
    (3, Form::Slice),
    (1, Form::Softmax),
    (1, Form::LayerNorm),
    (3, Form::Own),
];

/// Numbers as they may be written.
const NUMBERS: [(&str, f64); 9] = [
    ("0.5", 0.5),
    ("1", 1.0),
    ("2", 2.0),
    ("0.1", 0.1),
    ("1.5", 1.5),
    ("3", 3.0),
    ("0", 0.0),
    ("25e-2", 0.25),
    ("1.0", 1.0),
];

impl Maker {
    /// A vector, or a number if there is no length; no deeper than `depth`, more or less.
    pub(crate) fn expression(&mut self, length: Option<Length>, depth: usize) -> Value {
        let value = match length {
            _ if depth == 0 => self.leaf(length),
            Some(length) => self.vector(length, depth - 1),
            None => self.number(depth - 1),
        };
        let value = self.confine(value, range(-LARGEST, LARGEST));
        if value.level == Level::Atom || !self.draw.chance(3) {
            return value;
        }
        Value { text: format!("({})", value.text), level: Level::Atom, ..value }
    }

    fn vector(&mut self, length: Length, depth: usize) -> Value {
        match self.draw.weighted(&OF_VECTORS) {
            Form::Leaf => Some(self.leaf(Some(length))),
            Form::Elementwise => Some(self.elementwise(Some(length), depth)),
            Form::Constants => Some(self.with_constants(Some(length), depth)),
            Form::Arithmetic => Some(self.arithmetic(Some(length), depth)),
            Form::Extreme => Some(self.extreme(Some(length), depth)),
            Form::Negative => Some(self.negative(Some(length), depth)),
            Form::Product => Some(self.product(length, depth)),
            Form::Concat => self.concat(length, depth),
            // Functions cannot name the sizes of a family.
            Form::Slice if self.in_body && !self.open.0.is_empty() => None,
            Form::Slice => Some(self.slice(length, depth)),
            Form::Softmax => {
                let operand = self.expression(Some(length), depth);
                Some(operand.call("softmax", "", range(0.0, 1.0)))
            }
            Form::LayerNorm => Some(self.layer_norm(length, depth)),
            Form::Own => self.own_call(Some(length), depth),
        }
        .unwrap_or_else(|| self.arithmetic(Some(length), depth))
    }

    fn number(&mut self, depth: usize) -> Value {
        match self.draw.weighted(&[(3, 0), (5, 1), (3, 2), (4, 3), (1, 4), (1, 5), (1, 6)]) {
            0 => self.leaf(None),
            1 if !self.any_length => self.reduction(depth),
            2 => self.elementwise(None, depth),
            4 => self.with_constants(None, depth),
            5 => self.extreme(None, depth),
            6 => self.own_call(None, depth).unwrap_or_else(|| self.leaf(None)),
            _ => self.arithmetic(None, depth),
        }
    }

    /// What has a name, or a number; a parameter is declared where there is nothing.
    fn leaf(&mut self, length: Option<Length>) -> Value {
        let fits =
            |v: &&Value| v.length == length && v.source <= self.limit && v.range.size() <= LARGEST;
        let fitting: Vec<Value> = self.values.iter().filter(fits).cloned().collect();
        if length.is_none() && (fitting.is_empty() || self.draw.chance(40)) {
            if self.draw.chance(15) && !self.any_length {
                return self.new_param(None);
            }
            let (text, value) = self.draw.pick(&NUMBERS);
            return Value::atom(text, None, range(value, value), Source::Number);
        }
        if fitting.is_empty() || self.draw.chance(5) {
            return match length {
                Some(length) if self.limit > Source::Parameter && self.draw.chance(60) => {
                    self.product(length, 0)
                }
                length => self.new_param(length),
            };
        }
        let unread: Vec<Value> =
            fitting.iter().filter(|v| !self.read.contains(&v.text)).cloned().collect();
        let chosen = if unread.is_empty() || self.draw.chance(40) {
            self.draw.pick(&fitting)
        } else {
            self.draw.pick(&unread)
        };
        self.read.insert(chosen.text.clone());
        self.timed(chosen)
    }

    /// With its step, which may be written or not.
    fn timed(&mut self, value: Value) -> Value {
        let state = self.states.iter().any(|(name, _)| *name == value.text);
        let written = match value.source {
            Source::State if state && !self.in_body && self.draw.chance(15) => {
                format!("{}[t-1]", value.text)
            }
            _ => return value,
        };
        Value { text: written, ..value }
    }

    /// A function with jumps, away from where the usual functions saturate or vanish: rounding must
    /// not decide on which side of a jump a value is.
    fn steps(&mut self, length: Option<Length>, depth: usize) -> Value {
        let operand = self.expression(length, depth);
        let operand = self.confine(operand, range(-2.0, 2.0));
        let name = self.draw.pick(&functions::STEPS);
        let text = format!("{name}(2.5 * {} + 0.3)", operand.at(Level::Atom));
        Value::atom(text, length, range(-5.0, 5.0), operand.source)
    }

    fn elementwise(&mut self, length: Option<Length>, depth: usize) -> Value {
        if self.draw.chance(5) {
            return self.steps(length, depth);
        }
        let operand = if self.draw.chance(20) {
            self.positive(length, depth)
        } else {
            self.expression(length, depth)
        };
        let (name, range) = functions::elementwise(&mut self.draw, operand.range);
        operand.call(name, "", range)
    }

    fn with_constants(&mut self, length: Option<Length>, depth: usize) -> Value {
        let operand = if self.draw.chance(20) {
            self.positive(length, depth)
        } else {
            self.expression(length, depth)
        };
        let (name, constants, range) = functions::with_constants(&mut self.draw, operand.range);
        operand.call(name, &constants, range)
    }

    fn negative(&mut self, length: Option<Length>, depth: usize) -> Value {
        let operand = self.expression(length, depth);
        let text = format!("-{}", operand.at(Level::Product));
        Value { text, level: Level::Product, range: operand.range.negated(), ..operand }
    }

    /// The lengths of two operands, one of which may be a number.
    fn sides(&mut self, length: Option<Length>) -> (Option<Length>, Option<Length>) {
        match self.draw.below(6) {
            0 => (None, length),
            1 => (length, None),
            _ => (length, length),
        }
    }

    fn arithmetic(&mut self, length: Option<Length>, depth: usize) -> Value {
        let (left, right) = self.sides(length);
        let operator = self.draw.weighted(&[(6, '+'), (3, '-'), (7, '*'), (2, '/')]);
        let a = self.expression(left, depth);
        let b = match operator {
            '/' => self.positive(right, depth),
            _ => self.expression(right, depth),
        };
        let reciprocal = || range(1.0 / b.range.high, 1.0 / b.range.low);
        let (level, inner, range) = match operator {
            '+' => (Level::Sum, Level::Product, a.range.plus(b.range)),
            '-' => (Level::Sum, Level::Product, a.range.plus(b.range.negated())),
            '*' => (Level::Product, Level::Atom, a.range.times(b.range)),
            _ => (Level::Product, Level::Atom, a.range.times(reciprocal())),
        };
        let text = format!("{} {operator} {}", a.at(level), b.at(inner));
        Value { text, level, length, range, source: a.source.max(b.source) }
    }

    /// `min`, `max` or `logaddexp` of two values that are not the same.
    fn extreme(&mut self, length: Option<Length>, depth: usize) -> Value {
        let (left, right) = self.sides(length);
        let (a, b) = (self.expression(left, depth), self.expression(right, depth));
        if a.text == b.text {
            return Value { length, ..a };
        }
        let larger = a.range.max(b.range);
        let (name, range) = match self.draw.below(3) {
            0 => ("min", a.range.min(b.range)),
            1 => ("logaddexp", range(larger.low, larger.high + LN_2)),
            _ => ("max", larger),
        };
        let text = format!("{name}({}, {})", a.text, b.text);
        Value::atom(text, length, range, a.source.max(b.source))
    }

    /// A value that is not near zero or below.
    fn positive(&mut self, length: Option<Length>, depth: usize) -> Value {
        let value = self.expression(length, depth);
        if value.range.low >= SMALLEST {
            return value;
        }
        let unit = self.confine(value, range(-2.0, 2.0));
        let v = &unit.text;
        let (text, range) = match self.draw.below(6) {
            0 => (format!("exp({v})"), unit.range.map(f64::exp)),
            1 => (format!("(2.5 + {})", unit.at(Level::Product)), unit.range.map(|u| u + 2.5)),
            2 => (format!("(1 + square({v}))"), range(1.0, 5.0)),
            3 => (format!("(softplus({v}) + 0.5)"), range(0.5, 3.0)),
            4 => (format!("max({v}, 0.3)"), unit.range.map(|u| u.max(0.3))),
            _ => (format!("(0.5 + sigmoid({v}))"), range(0.5, 1.5)),
        };
        Value::atom(text, unit.length, range, unit.source)
    }

    /// `value`, made small enough if it is not.
    pub(crate) fn confine(&mut self, value: Value, bound: Range) -> Value {
        if value.range.within(bound) {
            return value;
        }
        if value.range.size() <= 8.0 * bound.size() && self.draw.chance(30) {
            let factor = range(0.125, 0.125);
            let scaled = value.range.times(factor);
            if scaled.within(bound) {
                let text = format!("0.125 * {}", value.at(Level::Atom));
                return Value { text, level: Level::Product, range: scaled, ..value };
            }
        }
        let name = self.draw.pick(&SQUASHING);
        value.call(name, "", functions::apply(name, value.range).unwrap_or(range(-1.0, 1.0)))
    }

    fn reduction(&mut self, depth: usize) -> Value {
        let length = self.read_length();
        let operand = self.expression(Some(length), depth);
        let count = length.value(&self.open) as f64;
        let r = operand.range;
        let (text, range, source) = match self.draw.below(4) {
            0 => (format!("sum({})", operand.text), r.times(range(count, count)), operand.source),
            1 => (format!("mean({})", operand.text), r, operand.source),
            2 => {
                let bound = count.sqrt() * r.size();
                (format!("norm({})", operand.text), range(0.0, bound), operand.source)
            }
            _ => {
                let other = self.expression(Some(length), depth);
                let bound = count * r.size() * other.range.size();
                let text = format!("dot({}, {})", operand.text, other.text);
                (text, range(-bound, bound), operand.source.max(other.source))
            }
        };
        Value::atom(text, None, range, source)
    }

    fn layer_norm(&mut self, length: Length, depth: usize) -> Value {
        let operand = self.expression(Some(length), depth);
        let bound = (length.value(&self.open) as f64).sqrt();
        let mut range = range(-bound, bound);
        let mut source = operand.source;
        let mut arguments = String::new();
        if self.draw.chance(50) {
            let gain = self.expression(Some(length), depth.min(1));
            let bias = self.expression(Some(length), depth.min(1));
            range = range.times(gain.range).plus(bias.range);
            source = source.max(gain.source).max(bias.source);
            arguments = format!(", {}, {}", gain.text, bias.text);
        }
        if self.draw.chance(40) {
            arguments.push_str(self.draw.pick(&[", 1e-3", ", 0.1", ", 1e-5"]));
        }
        Value { source, ..operand.call("layer_norm", &arguments, range) }
    }
}
