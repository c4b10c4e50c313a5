//! What the checks say of mistakes.

pub(crate) mod names;
pub(crate) mod shapes;
pub(crate) mod states;
pub(crate) mod values;
