//! Gates, named expressions, next values and the output.

use crate::declaration::{Declaration, Item};
use crate::functions;
use crate::generate::{Maker, STATE};
use crate::length::Length;
use crate::own::Own;
use crate::range::{Range, range};
use crate::value::{Level, Matrix, Source, Value};

impl Maker {
    pub(crate) fn equations(&mut self) {
        let count = self.draw.weighted(&[(2, 1), (3, 2), (3, 3), (3, 4), (2, 6), (1, 9)]);
        for _ in 0..count {
            self.limit = self.draw.weighted(&[
                (13, Source::State),
                (4, Source::Input),
                (2, Source::Parameter),
            ]);
            match self.draw.weighted(&[(6, 0), (4, 1), (2, 2), (2, 3)]) {
                0 => self.gate(),
                1 => {
                    let length = self.some_length();
                    self.named(Some(length));
                }
                2 => self.named(None),
                _ if self.states.len() > 1 => self.next(),
                _ => self.gate(),
            }
        }
        while !self.states.is_empty() {
            self.limit = self.draw.weighted(&[
                (16, Source::State),
                (1, Source::Input),
                (1, Source::Parameter),
            ]);
            self.next();
        }
        self.limit = Source::State;
    }

    /// `u = ..`
    fn named(&mut self, length: Option<Length>) {
        let depth = self.draw.between(1, 3);
        let value = self.expression(length, depth);
        let name = self.name(if length.is_some() { "v" } else { "s" });
        self.items.push(Item::new("", &name, format!(" = {}", value.text)));
        self.values.push(Value::atom(name, length, value.range, value.source));
    }

    /// `gate g = sigmoid(x, h; p * c) bias 1.0`
    fn gate(&mut self) {
        let length = if self.draw.chance(75) { self.first_state } else { self.some_length() };
        let size = if length == self.first_state && self.draw.chance(80) {
            String::new()
        } else {
            format!(": {}", self.size_in_equation(&length))
        };
        let mut operands = self.operands();
        if operands.is_empty() {
            self.limit = Source::State;
            operands = self.operands();
        }
        let (bias, centre) = self.gate_bias();
        let mut sum = centre.map_or(range(0.0, 0.0), |centre| Range::around(centre, 0.25));
        let mut source = Source::Parameter;
        let terms: Vec<Value> = (0..self.draw.weighted(&[(5, 0), (3, 1), (1, 2)]))
            .map(|_| {
                let length = if self.draw.chance(15) { None } else { Some(length) };
                let depth = self.draw.between(0, 2);
                self.expression(length, depth)
            })
            .collect();
        for term in &terms {
            sum = sum.plus(term.range);
            source = source.max(term.source);
        }
        let name = self.name("g");
        for (value, suffix) in &operands {
            let columns = value.length.expect("operands are vectors");
            let text = format!("{name}.{suffix}");
            let size = self.matrix_size(&columns);
            let matrix = Matrix { text, rows: length, columns, size };
            sum = sum.plus(self.times(&matrix, value).range);
            source = source.max(value.source);
            self.matrices.push(matrix);
        }
        let (activation, range) = self.activation(length, sum);
        let list = |values: Vec<&str>| values.join(", ");
        let operands = list(operands.iter().map(|(value, _)| value.text.as_str()).collect());
        let terms = list(terms.iter().map(|term| term.text.as_str()).collect());
        let terms = if terms.is_empty() { terms } else { format!("; {terms}") };
        let body = format!("{size} = {activation}({operands}{terms}){bias}");
        self.items.push(Item::new("gate", &name, body));
        self.values.push(Value::atom(name, Some(length), range, source));
    }

    /// One to four different vectors with names, and what their matrices are called after.
    fn operands(&mut self) -> Vec<(Value, String)> {
        let named =
            |v: &&Value| v.length.is_some() && v.source <= self.limit && v.source > Source::Number;
        let param = |v: &Value| {
            self.items.iter().any(|i| i.name == v.text && matches!(i.keyword, "param" | "fixed"))
        };
        let mut fitting: Vec<Value> =
            self.values.iter().filter(named).filter(|v| !param(v)).cloned().collect();
        self.draw.shuffle(&mut fitting);
        // What nothing has read comes first.
        if self.draw.chance(50) {
            fitting.sort_by_key(|v| self.read.contains(&v.text));
        }
        fitting.truncate(self.draw.weighted(&[(4, 1), (5, 2), (3, 3), (1, 4)]));
        let operands = fitting.into_iter().map(|value| {
            self.read.insert(value.text.clone());
            let suffix = value.text.replace("[t-1]", "").replace("[t]", "_t");
            (value, suffix)
        });
        operands.collect()
    }

    /// An activation for a sum in this interval, and what it makes of it.
    fn activation(&mut self, length: Length, sum: Range) -> (String, Range) {
        let fits = |own: &&Own| {
            let same = own.arguments == [crate::own::Argument::Vector(length)]
                && own.length == Some(length);
            (same || own.any_length && own.arguments.len() == 1) && sum.within(own.domain)
        };
        let own: Vec<Own> = self.functions.iter().filter(fits).cloned().collect();
        if !own.is_empty() && self.draw.chance(30) {
            let own = self.draw.pick(&own);
            return (own.name, own.range);
        }
        match self.draw.below(16) {
            0 => ("softmax".to_owned(), range(0.0, 1.0)),
            1 => {
                let bound = (length.value(&self.open) as f64).sqrt();
                ("layer_norm".to_owned(), range(-bound, bound))
            }
            2..5 if sum.size() <= functions::LARGEST => ("linear".to_owned(), sum),
            _ => {
                let (name, range) = functions::elementwise(&mut self.draw, sum);
                (name.to_owned(), range)
            }
        }
    }

    /// `h[t] = ..` for one of the states that have no next value.
    fn next(&mut self) {
        let index = self.draw.below(self.states.len());
        let (name, length) = self.states[index].clone();
        let depth = self.draw.weighted(&[(2, 0), (2, 1), (4, 2), (2, 3)]);
        let value = match self.draw.below(8) {
            0 if length == Length::new(1) => self.expression(None, depth),
            1 | 2 => self.mixed(length, &name),
            _ => self.expression(Some(length), depth),
        };
        let value = self.confine(value, STATE);
        self.items.push(Item::new("", &name, format!("[t] = {}", value.text)));
        self.states.remove(index);
        // From here on a reader says which step is meant.
        for known in self.values.iter_mut().filter(|v| v.text == name) {
            known.text = format!("{name}[t-1]");
        }
        self.values.push(Value {
            text: format!("{name}[t]"),
            level: Level::Atom,
            length: Some(length),
            ..value
        });
    }

    /// `g * h + (1 - g) * n`, as gated cells have it.
    fn mixed(&mut self, length: Length, state: &str) -> Value {
        let gate = self.expression(Some(length), 1);
        let gate = gate.call("sigmoid", "", range(0.0, 1.0));
        let new = self.expression(Some(length), 1);
        let new = self.confine(new, STATE);
        let (g, n) = (&gate.text, new.at(Level::Atom));
        let text = format!("{g} * {state} + (1 - {g}) * {n}");
        Value { text, level: Level::Sum, length: Some(length), range: STATE, source: Source::State }
    }

    /// An output of its own, if there is to be one; at least what reads all inputs.
    pub(crate) fn output(&mut self) {
        let kind = self.draw.below(4);
        let length = self.some_length();
        // An open size may stand in lengths, which is not to be read.
        let mut parts = match kind {
            0 => Vec::new(),
            1 => vec![self.expression(Some(length), 0)],
            _ => vec![self.expression(Some(length), 2)],
        };
        if kind == 3 {
            parts.push(self.expression(Some(self.first_state), 1));
        }
        for item in self.items.clone().into_iter().filter(|item| item.keyword == "input") {
            if item.body.contains('_') || !self.reads(&item.name, &parts) {
                if parts.is_empty() {
                    parts.push(self.expression(Some(self.first_state), 0));
                }
                parts.push(Value::atom(item.name, None, range(-1.0, 1.0), Source::Input));
            }
        }
        let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        let body = match texts[..] {
            [] => return,
            [only] => only.to_owned(),
            _ => format!("[{}]", texts.join(", ")),
        };
        self.items.push(Item::new("output", "", body));
    }

    /// Whether the declaration with these parts of the output reads the input `name`.
    fn reads(&self, name: &str, parts: &[Value]) -> bool {
        let mut items = self.items.clone();
        let output = parts.iter().map(|part| format!("{} ", part.text)).collect();
        items.push(Item::new("output", "", output));
        Declaration { name: String::new(), items, member: None }.reads(name)
    }
}
