//! Functions of the declaration.

use crate::declaration::Item;
use crate::functions;
use crate::generate::Maker;
use crate::length::Length;
use crate::range::{Range, range};
use crate::value::{Level, Matrix, Source, Value};

/// What a function takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Argument {
    /// A number, or where the function goes with all lengths a vector as well.
    Number,
    Vector(Length),
    Matrix(Length, Length),
}

/// A function of the declaration.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    /// Where all arguments must lie.
    pub(crate) domain: Range,
    /// Of the result; `None` for a number.
    pub(crate) length: Option<Length>,
    /// Whether vectors of any one length may stand for all its numbers.
    pub(crate) any_length: bool,
    pub(crate) range: Range,
}

impl Maker {
    pub(crate) fn own_functions(&mut self) {
        for _ in 0..self.draw.weighted(&[(6, 0), (3, 1), (2, 2), (1, 3)]) {
            self.own_function();
        }
    }

    fn own_function(&mut self) {
        let any_length = self.draw.chance(60);
        let count = self.draw.weighted(&[(5, 1), (4, 2), (1, 3)]);
        let arguments: Vec<Argument> = (0..count)
            .map(|_| match self.draw.below(4) {
                _ if any_length => Argument::Number,
                0 => Argument::Number,
                1 => Argument::Matrix(self.some_length(), self.some_length()),
                _ => Argument::Vector(self.some_length()),
            })
            .collect();
        let bound = self.draw.pick(&[2.0, functions::LARGEST]);
        let domain = range(-bound, bound);
        let mut names: Vec<String> = Vec::new();
        while names.len() < count {
            let name = self.argument_name();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let length = (!any_length && self.draw.chance(80)).then(|| self.some_length());
        let body = self.body(&names, &arguments, domain, length, any_length);
        let name = self.name("f");
        let text = format!("({}) = {}", names.join(", "), body.text);
        self.items.push(Item::new("fn", &name, text));
        self.functions.push(Own { name, arguments, domain, length, any_length, range: body.range });
    }

    /// A new name, or one that hides another in the body.
    fn argument_name(&mut self) -> String {
        let hidden: Vec<String> =
            self.values.iter().filter(|v| v.length.is_some()).map(|v| v.text.clone()).collect();
        if self.draw.chance(10) { self.draw.pick(&hidden) } else { self.name("u") }
    }

    /// Reads the arguments, all of them, and what is the same at every step.
    fn body(
        &mut self,
        names: &[String],
        arguments: &[Argument],
        domain: Range,
        length: Option<Length>,
        any_length: bool,
    ) -> Value {
        let constant = |value: &Value| value.source <= Source::Parameter;
        let outside = self.values.clone();
        let matrices = self.matrices.clone();
        self.values.retain(|v| constant(v) && (!any_length || v.length.is_none()));
        self.values.retain(|v| !names.contains(&v.text));
        self.matrices.retain(|m| !m.text.contains('.') && !names.contains(&m.text));
        for (name, argument) in names.iter().zip(arguments) {
            let length = match argument {
                Argument::Number => None,
                Argument::Vector(length) => Some(*length),
                Argument::Matrix(rows, columns) => {
                    let size = self.matrix_size(columns);
                    let text = name.clone();
                    self.matrices.push(Matrix { text, rows: *rows, columns: *columns, size });
                    continue;
                }
            };
            self.values.push(Value::atom(name, length, domain, Source::State));
        }
        (self.any_length, self.in_body) = (any_length, true);
        let depth = self.draw.between(1, 2);
        let mut body = self.expression(length, depth);
        for (name, argument) in names.iter().zip(arguments) {
            if !reads(&body.text, name) {
                body = self.with_argument(body, name, argument, domain);
            }
        }
        (self.any_length, self.in_body) = (false, false);
        // Parameters that were declared on the way stay.
        let known = |v: &Value| outside.iter().any(|o| o.text == v.text);
        let new: Vec<Value> = self.values.iter().filter(|v| !known(v)).cloned().collect();
        self.values = outside.clone();
        self.values.extend(new.into_iter().filter(|v| !names.contains(&v.text)));
        let known = |m: &Matrix| matrices.iter().any(|o| o.text == m.text);
        let new: Vec<Matrix> = self.matrices.iter().filter(|m| !known(m)).cloned().collect();
        self.matrices = matrices.clone();
        self.matrices.extend(new.into_iter().filter(|m| !names.contains(&m.text)));
        body
    }

    /// The body, made to read an argument as well.
    fn with_argument(
        &mut self,
        body: Value,
        name: &str,
        argument: &Argument,
        domain: Range,
    ) -> Value {
        let argument = match argument {
            Argument::Number => Value::atom(name, None, domain, Source::State),
            Argument::Vector(length) => {
                Value::atom(name, Some(*length), domain, Source::State).call("mean", "", domain)
            }
            Argument::Matrix(rows, columns) => {
                let size = self.matrix_size(columns);
                let text = name.to_owned();
                let matrix = Matrix { text, rows: *rows, columns: *columns, size };
                let operand = self.expression(Some(*columns), 1);
                let product = self.times(&matrix, &operand);
                product.call("mean", "", product.range)
            }
        };
        let argument = argument.call("tanh", "", range(-1.0, 1.0));
        let text = format!("{} * {}", body.at(Level::Product), argument.text);
        let range = body.range.times(argument.range);
        Value { text, level: Level::Product, range, source: Source::State, length: body.length }
    }

    /// A call that gives a value of this length, if there is a function for it.
    pub(crate) fn own_call(&mut self, length: Option<Length>, depth: usize) -> Option<Value> {
        let fits = |own: &Own| own.any_length || (own.length == length && !self.any_length);
        let fitting: Vec<Own> = self.functions.iter().filter(|own| fits(own)).cloned().collect();
        if fitting.is_empty() {
            return None;
        }
        let own = self.draw.pick(&fitting);
        let mut texts = Vec::new();
        let mut source = Source::Parameter;
        let vector = self.draw.below(own.arguments.len());
        for (index, argument) in own.arguments.iter().enumerate() {
            let length = match argument {
                Argument::Number if own.any_length && (index == vector || self.draw.chance(60)) => {
                    length
                }
                Argument::Number => None,
                Argument::Vector(length) => Some(*length),
                Argument::Matrix(rows, columns) => {
                    texts.push(self.matrix(rows, columns).text);
                    continue;
                }
            };
            let value = self.expression(length, depth.saturating_sub(1));
            let value = self.confine(value, own.domain);
            source = source.max(value.source);
            texts.push(value.text);
        }
        let text = format!("{}({})", own.name, texts.join(", "));
        Some(Value::atom(text, length, own.range, source))
    }
}

/// Whether `name` is a word of `text`.
fn reads(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}
