//! Initialisers: `glorot`, `uniform(0.1)`, `zeros`, a number.

use proc_macro2::Ident;

use super::equations::Equations;
use super::length::Shape;
use super::names::Kind;
use crate::error::nearest::nearest;
use crate::functions;
use crate::ops::Init;
use crate::syntax::message::params as message;
use crate::syntax::{Expr, ItemKind, ParamShape};

impl Equations<'_> {
    /// What parameters start with if the declaration says nothing: uniform in `1/sqrt(n)`, n the
    /// length of the first state, as PyTorch's recurrent layers do.
    pub(super) fn default_init(&self) -> Init {
        Init::UniformFan(self.first_state().and_then(|length| length.value()).unwrap_or(1))
    }

    /// The initialiser `written` for the parameter `param`.
    pub(super) fn initialiser(
        &mut self,
        written: &Expr,
        param: &str,
        shape: Option<&Shape>,
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
                let mut rule = None;
                written.names(&mut |name| rule = rule.or(Some(name).filter(|name| free(name))));
                if let Some(error) =
                    rule.and_then(|rule| message::initialiser_in_expression(written, rule))
                {
                    self.report(error);
                    return None;
                }
                let value = self.value(written)?;
                return self.constant(&value, written, "an initialiser").map(Init::Constant);
            }
        };
        let init = self.named(&name, arguments, param, written)?;
        let of_matrix = matches!(init, Init::Glorot | Init::He | Init::Orthogonal | Init::Identity);
        let place = written.place();
        self.report(match shape? {
            Shape::Scalar if self.is_without_shape(param) => {
                let square = matches!(init, Init::Orthogonal | Init::Identity);
                let shape = self.probable_shape(of_matrix, square);
                message::initialiser_without_shape(written, self.word(param), param, &shape)
            }
            Shape::Scalar if of_matrix => message::initialiser_of_number(place, &name, param),
            Shape::Vector(_) if of_matrix => message::initialiser_of_vector(place, &name, param),
            _ => return Some(init),
        });
        None
    }

    /// Whether `param` is declared without a shape: `param a = 1.0;`.
    fn is_without_shape(&self, param: &str) -> bool {
        let item = self.names.get(param).map(|entry| &entry.item.kind);
        let Some(ItemKind::Param { list, .. }) = item else { return false };
        list.iter().any(|p| p.name == *param && matches!(p.shape, ParamShape::Number))
    }

    /// The word that declares `param`.
    fn word(&self, param: &str) -> &'static str {
        match self.names.get(param).map(|entry| &entry.item.kind) {
            Some(ItemKind::Param { trainable: false, .. }) => "fixed",
            _ => "param",
        }
    }

    /// `[h, x]`, `[h, h]` or `[h]`, of the first state and the first input.
    fn probable_shape(&self, matrix: bool, square: bool) -> String {
        let first = |state: bool| {
            let port = self.names.iter().find(|name| match name.kind {
                Kind::Input(0, _) => !state,
                Kind::State(0, _) => state,
                _ => false,
            });
            let word = if state { "rows" } else { "columns" };
            port.map_or_else(|| word.to_owned(), |port| port.ident.to_string())
        };
        match matrix {
            true => format!("[{}, {}]", first(true), first(square)),
            false => format!("[{}]", first(true)),
        }
    }

    fn named(
        &mut self,
        name: &str,
        arguments: &[Expr],
        param: &str,
        written: &Expr,
    ) -> Option<Init> {
        let place = written.place();
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
            _ if self.is_without_shape(param)
                && let Some(error) =
                    message::shape_in_initialiser(written, self.word(param), param) =>
            {
                self.report(error);
                return None;
            }
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
        if range < self.least() {
            self.report(message::initialiser_range(written.place(), name, range));
            return None;
        }
        Some(range)
    }
}
