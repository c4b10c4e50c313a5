//! Parameters, which are declared when an expression wants one.

use crate::declaration::Item;
use crate::generate::Maker;
use crate::length::Length;
use crate::range::Range;
use crate::value::{Matrix, Source, Value};

impl Maker {
    /// A vector or a number, trained or not, with the interval in which `verify` draws it.
    pub(crate) fn new_param(&mut self, length: Option<Length>) -> Value {
        let name = self.name(if length.is_some() { "p" } else { "a" });
        let (init, centre) = self.initialiser();
        let shape = match &length {
            Some(length) => format!(": [{}]", self.size(length)),
            // A word such as `zeros` needs a shape to fill.
            None if init.is_empty() || self.draw.chance(50) || !init.contains("0.5") => {
                ": scalar".to_owned()
            }
            None => String::new(),
        };
        let keyword = self.param_keyword();
        self.items.push(Item::new(keyword, &name, format!("{shape}{init}")));
        let value = Value::atom(name, length, Range::around(centre, 0.25), Source::Parameter);
        self.values.push(value.clone());
        value
    }

    pub(crate) fn new_matrix(&mut self, rows: Length, columns: Length) -> Matrix {
        let name = self.name("W");
        let (init, centre) = match self.draw.below(6) {
            0 => (" = glorot".to_owned(), 0.0),
            1 => (" = he".to_owned(), 0.0),
            2 => (" = orthogonal".to_owned(), 0.0),
            3 => (" = identity".to_owned(), 0.0),
            4 => (String::new(), 0.0),
            _ => self.initialiser(),
        };
        let shape = format!(": [{}, {}]", self.size(&rows), self.size(&columns));
        let keyword = self.param_keyword();
        self.items.push(Item::new(keyword, &name, format!("{shape}{init}")));
        let size = self.matrix_size(&columns) + centre;
        let matrix = Matrix { text: name, rows, columns, size };
        self.matrices.push(matrix.clone());
        matrix
    }

    /// The largest entry that `verify` draws for a matrix with so many columns.
    pub(crate) fn matrix_size(&self, columns: &Length) -> f64 {
        1.0 / (columns.value(&self.open) as f64).sqrt()
    }

    fn param_keyword(&mut self) -> &'static str {
        if self.draw.chance(15) { "fixed" } else { "param" }
    }

    /// What may stand after any parameter, and the number around which it is drawn.
    fn initialiser(&mut self) -> (String, f64) {
        let (text, centre) = self.draw.pick(&[
            ("", 0.0),
            ("", 0.0),
            (" = zeros", 0.0),
            (" = ones", 1.0),
            (" = 0.5", 0.5),
            (" = uniform(0.2)", 0.0),
            (" = normal(0.1)", 0.0),
            (" = uniform(1 / 8)", 0.0),
        ]);
        (text.to_owned(), centre)
    }

    /// What may stand after a gate, and the number around which its bias is drawn, if it has one.
    pub(crate) fn gate_bias(&mut self) -> (&'static str, Option<f64>) {
        self.draw.pick(&[
            ("", Some(0.0)),
            ("", Some(0.0)),
            (" no bias", None),
            (" bias 1.0", Some(1.0)),
            (" bias -0.5", Some(-0.5)),
            (" bias uniform(0.1)", Some(0.0)),
            (" bias normal(0.1)", Some(0.0)),
            (" bias ones", Some(1.0)),
        ])
    }
}
