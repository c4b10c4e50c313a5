//! Initialisers: `glorot`, `uniform(0.1)`, `zeros`, a number.

use proc_macro2::Ident;

use super::equations::Equations;
use super::functions;
use super::nearest::nearest;
use crate::error::values as message;
use crate::ops::{Init, Shape};
use crate::syntax::Expr;
use crate::syntax::place::Place;

impl Equations<'_> {
    /// What parameters start with if the declaration says nothing: uniform in `1/sqrt(n)`, n the
    /// length of the first state, as PyTorch's recurrent layers do.
    pub(super) fn default_init(&self) -> Init {
        Init::UniformFan(self.first_state().unwrap_or(1))
    }

    /// The initialiser `written` for the parameter `param`.
    pub(super) fn initialiser(
        &mut self,
        written: &Expr,
        param: &str,
        shape: Option<Shape>,
    ) -> Option<Init> {
        let free = |name: &Ident| {
            let name = name.to_string();
            self.names.get(&name).is_none() && !functions::is_builtin(&name)
        };
        let (name, arguments): (String, &[Expr]) = match written {
            Expr::Name(name) if free(name) => (name.to_string(), &[]),
            Expr::Call { function, arguments, .. } if free(function) => {
                (function.to_string(), arguments)
            }
            _ => {
                let value = self.value(written)?;
                return self.constant(&value, written, "an initialiser").map(Init::Constant);
            }
        };
        let init = self.named(&name, arguments, param, written.place())?;
        let of_matrix = matches!(init, Init::Glorot | Init::He | Init::Orthogonal | Init::Identity);
        let noun = match shape? {
            Shape::Vector(_) if of_matrix => "a vector",
            Shape::Scalar if of_matrix => "a number",
            _ => return Some(init),
        };
        self.report(message::initialiser_of_matrix(written.place(), &name, param, noun));
        None
    }

    fn named(&mut self, name: &str, arguments: &[Expr], param: &str, place: Place) -> Option<Init> {
        if self.names.is_unread(name) {
            return None;
        }
        let init = match (name, arguments) {
            ("uniform", [range]) => Init::Uniform(self.range(name, range)?),
            ("normal", [deviation]) => Init::Normal(self.range(name, deviation)?),
            ("glorot", []) => Init::Glorot,
            ("he", []) => Init::He,
            ("orthogonal", []) => Init::Orthogonal,
            ("identity", []) => Init::Identity,
            ("zeros", []) => Init::Constant(0.0),
            ("ones", []) => Init::Constant(1.0),
            _ if message::INITIALISERS.contains(&name) => {
                self.report(message::initialiser_arguments(place, name));
                return None;
            }
            _ if param.contains('.') && arguments.is_empty() => {
                self.report(message::named_bias(place, name));
                return None;
            }
            _ => {
                let near = nearest(name, message::INITIALISERS);
                self.report(message::unknown_initialiser(place, name, near));
                return None;
            }
        };
        Some(init)
    }

    fn range(&mut self, name: &str, written: &Expr) -> Option<f64> {
        let value = self.value(written)?;
        let range = self.constant(&value, written, &format!("the argument of `{name}`"))?;
        if self.rounded(range) <= 0.0 {
            self.report(message::initialiser_range(written.place(), name, range));
            return None;
        }
        Some(range)
    }
}
