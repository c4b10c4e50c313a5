//! Expressions that change the length: products with matrices, concatenations, parts.

use crate::generate::Maker;
use crate::length::Length;
use crate::range::{Range, range};
use crate::value::{Level, Matrix, Source, Value};

impl Maker {
    /// A matrix of this shape: declared, one of a gate, a transposed one, or new.
    pub(crate) fn matrix(&mut self, rows: &Length, columns: &Length) -> Matrix {
        let size = self.matrix_size(columns);
        let straight = self.matrices.iter().filter(|m| m.rows == *rows && m.columns == *columns);
        let turned = self.matrices.iter().filter(|m| m.rows == *columns && m.columns == *rows);
        let turned = turned.map(|m| Matrix {
            text: format!("{}.T", m.text),
            rows: *rows,
            columns: *columns,
            size: m.size.max(size),
        });
        let fitting: Vec<Matrix> = straight.cloned().chain(turned).collect();
        if !fitting.is_empty() && self.draw.chance(70) {
            return self.draw.pick(&fitting);
        }
        if self.draw.chance(15) {
            let new = self.new_matrix(*columns, *rows);
            return Matrix {
                text: format!("{}.T", new.text),
                rows: *rows,
                columns: *columns,
                ..new
            };
        }
        self.new_matrix(*rows, *columns)
    }

    pub(crate) fn product(&mut self, length: Length, depth: usize) -> Value {
        let known: Vec<Length> =
            self.matrices.iter().filter(|m| m.rows == length).map(|m| m.columns).collect();
        let columns = if !known.is_empty() && self.draw.chance(50) {
            self.draw.pick(&known)
        } else {
            self.read_length()
        };
        let operand = self.expression(Some(columns), depth);
        let matrix = self.matrix(&length, &columns);
        self.times(&matrix, &operand)
    }

    /// The length of a value that can be read now.
    pub(crate) fn read_length(&mut self) -> Length {
        let readable = self.values.iter().filter(|v| v.source <= self.limit);
        let lengths: Vec<Length> = readable.filter_map(|v| v.length).collect();
        if lengths.is_empty() { self.some_length() } else { self.draw.pick(&lengths) }
    }

    pub(crate) fn times(&mut self, matrix: &Matrix, operand: &Value) -> Value {
        let bound = matrix.size * matrix.columns.value(&self.open) as f64 * operand.range.size();
        Value {
            text: format!("{} @ {}", matrix.text, operand.at(Level::Atom)),
            level: Level::Product,
            length: Some(matrix.rows),
            range: range(-bound, bound),
            source: operand.source.max(Source::Parameter),
        }
    }

    /// Often of what is known before the step, which the compiler then has to put side by side.
    pub(crate) fn concat(&mut self, length: Length, depth: usize) -> Option<Value> {
        let outside = self.limit;
        if self.draw.chance(30) {
            self.limit = self.limit.min(self.draw.pick(&[Source::Parameter, Source::Input]));
        }
        let mut rest = length;
        let mut parts = Vec::new();
        while parts.len() < 3 {
            let Some(part) = self.concat_part(&rest) else { break };
            let Some(after) = rest.minus(&part) else { break };
            parts.push(self.expression(Some(part), depth));
            rest = after;
        }
        if !parts.is_empty() {
            parts.push(self.expression(Some(rest), depth));
        }
        self.limit = outside;
        let ranges = parts.iter().map(|p| p.range).reduce(Range::join)?;
        let source = parts.iter().map(|p| p.source).max()?;
        let texts: Vec<&str> = parts.iter().map(|p| p.text.as_str()).collect();
        Some(Value::atom(format!("[{}]", texts.join(", ")), Some(length), ranges, source))
    }

    /// The length of a value that is there and shorter, or any shorter one.
    fn concat_part(&mut self, rest: &Length) -> Option<Length> {
        let readable = self.values.iter().filter(|v| v.source <= self.limit);
        let shorter: Vec<Length> =
            readable.filter_map(|v| v.length).filter(|l| rest.minus(l).is_some()).collect();
        if !shorter.is_empty() && self.draw.chance(70) {
            return Some(self.draw.pick(&shorter));
        }
        rest.part(&mut self.draw)
    }

    pub(crate) fn slice(&mut self, length: Length, depth: usize) -> Value {
        let longer = |v: &&Value| v.length.is_some_and(|l| l.minus(&length).is_some());
        let fits = |v: &&Value| longer(v) && v.source <= self.limit;
        let fitting: Vec<Value> = self.values.iter().filter(fits).cloned().collect();
        let operand = if !fitting.is_empty() && self.draw.chance(60) {
            let chosen = self.draw.pick(&fitting);
            self.read.insert(chosen.text.clone());
            chosen
        } else {
            let more = self.some_length();
            self.expression(Some(length.plus(&more)), depth)
        };
        let whole = operand.length.expect("a vector");
        let rest = whole.minus(&length).expect("it is longer");
        let before = rest.part(&mut self.draw);
        let before = if self.draw.chance(40) { None } else { before.or(Some(rest)) };
        let bounds = match before {
            None => format!("{}..{}", self.draw.pick(&["", "0"]), self.size_in_equation(&length)),
            Some(start) if start == rest && self.draw.chance(70) => {
                format!("{}..", self.size_in_equation(&start))
            }
            Some(start) => {
                let (from, to) = (self.size_in_equation(&start), start.plus(&length));
                format!("{from}..{}", self.size_in_equation(&to))
            }
        };
        let text = format!("{}[{bounds}]", operand.at(Level::Atom));
        Value { text, level: Level::Atom, length: Some(length), ..operand }
    }
}
