//! From a seed to a declaration: ports and parameters first, then equations over them.

use std::collections::BTreeSet;

use crate::declaration::{Declaration, Item};
use crate::draw::Draw;
use crate::length::{Length, Open};
use crate::own::Own;
use crate::range::{Range, range};
use crate::value::{Matrix, Source, Value};

/// Where all states lie, from step to step.
pub(crate) const STATE: Range = Range { low: -2.0, high: 2.0 };

/// Names that generated code has for itself, or that look like them.
const LIKELY_TO_CLASH: [&str; 20] = [
    "row", "at", "simd", "frame", "tape", "acc", "tmp", "packs", "call", "y_row", "h_next", "v7",
    "d_x", "W", "N", "Tier", "f32", "usize", "total", "_v",
];

/// A declaration in the making.
#[derive(Debug)]
pub(crate) struct Maker {
    pub(crate) draw: Draw,
    pub(crate) open: Open,
    pub(crate) items: Vec<Item>,
    /// Names that lengths can be written with.
    pub(crate) sizes: Vec<(String, Length)>,
    /// The values that can be read.
    pub(crate) values: Vec<Value>,
    pub(crate) matrices: Vec<Matrix>,
    pub(crate) functions: Vec<Own>,
    /// Only values from here or before are read now.
    pub(crate) limit: Source,
    /// Whether the body of a function for numbers and vectors of any length is being made.
    pub(crate) any_length: bool,
    /// Whether the body of a function is being made.
    pub(crate) in_body: bool,
    /// States without a next value, with their lengths.
    pub(crate) states: Vec<(String, Length)>,
    pub(crate) first_state: Length,
    /// Values that have been read, by their texts.
    pub(crate) read: BTreeSet<String>,
    names: BTreeSet<String>,
}

/// The declaration number `seed`.
pub fn generate(seed: u64) -> Declaration {
    let mut maker = Maker::new(seed);
    let family = maker.draw.chance(10);
    maker.ports(family);
    maker.constants();
    maker.own_functions();
    maker.equations();
    maker.output();
    let settings = maker.settings();
    maker.finish(seed, family, settings)
}

impl Maker {
    fn new(seed: u64) -> Maker {
        Maker {
            draw: Draw::new(seed),
            open: Open::default(),
            items: Vec::new(),
            sizes: Vec::new(),
            values: Vec::new(),
            matrices: Vec::new(),
            functions: Vec::new(),
            limit: Source::State,
            any_length: false,
            in_body: false,
            states: Vec::new(),
            first_state: Length::new(1),
            read: BTreeSet::new(),
            names: BTreeSet::new(),
        }
    }

    /// A name that is not taken.
    pub(crate) fn name(&mut self, stem: &str) -> String {
        let mut name = format!("{stem}{}", self.names.len());
        if self.draw.chance(3) {
            name = self.draw.pick(&LIKELY_TO_CLASH).to_owned();
        } else if !self.names.contains(stem) {
            name = stem.to_owned();
        }
        for number in self.names.len().. {
            if self.names.insert(name.clone()) {
                break;
            }
            name = format!("{stem}{number}");
        }
        name
    }

    /// `length` as it may be written in the declaration of a name.
    pub(crate) fn size(&mut self, length: &Length) -> String {
        length.write(&self.open, &self.sizes, &mut self.draw)
    }

    /// `length` as it may be written in an equation. To stand there is not to be read: inputs are
    /// left out. Functions know dimensions alone.
    pub(crate) fn size_in_equation(&mut self, length: &Length) -> String {
        let keyword = |name: &str| self.items.iter().find(|i| i.name == name).map(|i| i.keyword);
        let known = |name: &str| match keyword(name) {
            Some("dim") => true,
            Some("state") => !self.in_body,
            _ => false,
        };
        let sizes: Vec<_> = self.sizes.iter().filter(|(n, _)| known(n)).cloned().collect();
        length.write(&self.open, &sizes, &mut self.draw)
    }

    /// Inputs and states; those of a family without a length are its open sizes.
    fn ports(&mut self, family: bool) {
        let inputs = self.draw.weighted(&[(5, 1), (3, 2), (1, 3)]);
        let states = self.draw.weighted(&[(5, 1), (4, 2), (2, 3), (1, 4)]);
        for index in 0..inputs {
            let open = family && (index == 0 || self.draw.chance(20));
            let stem = if self.draw.chance(10) { "dt" } else { "x" };
            let (name, length) = self.port("input", stem, open);
            let input = range(-1.0, 1.0);
            self.values.push(Value::atom(name, Some(length), input, Source::Input));
        }
        for index in 0..states {
            let (name, length) = self.port("state", "h", family && index == 0);
            if index == 0 {
                self.first_state = length;
            }
            self.values.push(Value::atom(&name, Some(length), STATE, Source::State));
            self.states.push((name, length));
        }
        if self.draw.chance(25) {
            let name = self.name("P");
            let length = self.some_length();
            let size = self.size(&length);
            self.items.push(Item::new("dim", &name, format!(" = {size}")));
            let value = length.value(&self.open) as f64;
            let number = Value::atom(&name, None, range(value, value), Source::Number);
            self.values.push(number);
            self.sizes.push((name, length));
        }
    }

    fn port(&mut self, keyword: &'static str, stem: &str, open: bool) -> (String, Length) {
        let name = self.name(stem);
        let (length, size) = if open && self.open.0.len() < Open::MOST {
            let value = Length::awkward(&mut self.draw).value(&self.open);
            self.open.0.push((name.clone(), value));
            (Length::open(self.open.0.len() - 1), "_".to_owned())
        } else {
            let length = if stem == "dt" { Length::new(1) } else { self.some_length() };
            (length, self.size(&length))
        };
        self.items.push(Item::new(keyword, &name, format!(": {size}")));
        self.sizes.push((name.clone(), length));
        (name, length)
    }

    /// Often one that is there already.
    pub(crate) fn some_length(&mut self) -> Length {
        let known: Vec<Length> = self.values.iter().filter_map(|v| v.length).collect();
        if !known.is_empty() && self.draw.chance(55) {
            return self.draw.pick(&known);
        }
        Length::awkward(&mut self.draw)
    }

    fn constants(&mut self) {
        for _ in 0..self.draw.weighted(&[(6, 0), (3, 1), (1, 2)]) {
            let name = self.name("A");
            let (text, value) = self.draw.pick(&[("0.5", 0.5_f64), ("0.1", 0.1), ("2", 2.0)]);
            let (text, value) = match self.draw.below(4) {
                0 => (format!("{text} / 4"), value / 4.0),
                1 => (format!("sqrt({text})"), value.sqrt()),
                2 => (format!("1 - -{text}"), 1.0 + value),
                _ => (text.to_owned(), value),
            };
            self.items.push(Item::new("const", &name, format!(" = {text}")));
            self.values.push(Value::atom(name, None, range(value, value), Source::Number));
        }
    }

    fn settings(&mut self) -> Vec<(&'static str, String)> {
        let mut settings = Vec::new();
        if self.draw.chance(15) {
            settings.push(("steps", self.draw.pick(&[1, 2, 7, 9]).to_string()));
        }
        if self.draw.chance(20) {
            settings.push(("scalar", self.draw.pick(&["f64", "f64", "f32"]).to_owned()));
        } else if self.draw.chance(12) {
            settings.push(("weights", self.draw.pick(&["f16", "bf16"]).to_owned()));
        }
        if self.draw.chance(10) {
            settings.push(("activations", "fast".to_owned()));
        }
        settings
    }

    /// Puts the statements in an order: states and equations as they are, the others anywhere.
    fn finish(
        mut self,
        seed: u64,
        family: bool,
        settings: Vec<(&'static str, String)>,
    ) -> Declaration {
        let mut member = Vec::new();
        for (index, (name, value)) in settings.into_iter().enumerate() {
            if family && (index > 0 || self.draw.chance(50)) {
                member.push(format!("{name}: {value}"));
            } else {
                self.items.push(Item::new(name, "", value));
            }
        }
        let equation = |item: &Item| matches!(item.keyword, "" | "gate" | "const");
        let (equations, others): (Vec<Item>, Vec<Item>) = self.items.drain(..).partition(equation);
        let state = |item: &Item| item.keyword == "state";
        let (states, mut items): (Vec<Item>, Vec<Item>) = others.into_iter().partition(state);
        if self.draw.chance(30) {
            self.draw.shuffle(&mut items);
        }
        self.insert(&mut items, states, 0);
        let from = if self.draw.chance(30) { 0 } else { items.len() };
        self.insert(&mut items, equations, from);
        for item in &mut items {
            item.joined = self.draw.chance(60);
            let ports = ["input", "state", "param", "fixed", "gate"].contains(&item.keyword);
            item.documented = ports && self.draw.chance(4);
        }
        let sizes = self.open.0.iter().map(|(name, value)| format!("{name}: {value}"));
        let member = family.then(|| sizes.chain(member).collect::<Vec<_>>().join(", "));
        Declaration { name: format!("Random{seed}"), items, member }
    }

    /// Puts `list` among `items`, after the first `from` and in its order.
    fn insert(&mut self, items: &mut Vec<Item>, list: Vec<Item>, mut from: usize) {
        for item in list {
            from = self.draw.between(from, items.len());
            items.insert(from, item);
            from += 1;
        }
    }
}
