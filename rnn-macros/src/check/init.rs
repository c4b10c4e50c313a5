//! Initialisers: `glorot`, `uniform(0.1)`, `zeros`, a number.

use super::equations::Equations;
use super::functions;
use super::nearest::nearest;
use crate::error::values as message;
use crate::ops::{Init, Shape};
use crate::syntax::Expr;

impl Equations<'_> {
    /// What parameters start with if the declaration says nothing: uniform in `1/sqrt(n)`, n the length of the
    /// first state, as PyTorch's recurrent layers do.
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
        let (name, arguments): (String, &[Expr]) = match written {
            Expr::Name(name) if self.names.get(&name.to_string()).is_none() => {
                (name.to_string(), &[])
            }
            Expr::Call { function, arguments, .. }
                if !functions::is_builtin(&function.to_string()) =>
            {
                (function.to_string(), arguments)
            }
            _ => {
                let value = self.value(written)?;
                return self.constant(&value, written, "an initialiser").map(Init::Constant);
            }
        };
        let place = written.place();
        if self.names.is_unread(&name) {
            return None;
        }
        let expected = match name.as_str() {
            "uniform" | "normal" => 1,
            "glorot" | "he" | "orthogonal" | "identity" | "zeros" | "ones" => 0,
            _ => {
                let near = nearest(&name, message::INITIALISERS);
                self.report(message::unknown_initialiser(place, &name, near));
                return None;
            }
        };
        if arguments.len() != expected {
            self.report(message::initialiser_arguments(place, &name));
            return None;
        }
        let range = match arguments {
            [range] => Some(self.range(&name, range)?),
            _ => None,
        };
        let init = match (name.as_str(), range) {
            ("uniform", Some(range)) => Init::Uniform(range),
            ("normal", Some(deviation)) => Init::Normal(deviation),
            ("glorot", _) => Init::Glorot,
            ("he", _) => Init::He,
            ("orthogonal", _) => Init::Orthogonal,
            ("identity", _) => Init::Identity,
            ("ones", _) => return Some(Init::Constant(1.0)),
            _ => return Some(Init::Constant(0.0)),
        };
        if matches!(init, Init::Uniform(_) | Init::Normal(_)) {
            return Some(init);
        }
        let noun = match shape? {
            Shape::Matrix(..) => return Some(init),
            Shape::Vector(_) => "a vector",
            Shape::Scalar => "a number",
        };
        self.report(message::initialiser_of_matrix(place, &name, param, noun));
        None
    }

    fn range(&mut self, name: &str, written: &Expr) -> Option<f64> {
        let value = self.value(written)?;
        let range = self.constant(&value, written, &format!("the argument of `{name}`"))?;
        if range <= 0.0 {
            self.report(message::initialiser_range(written.place(), name, range));
            return None;
        }
        Some(range)
    }
}
