//! What the parser says of mistakes, and what both it and the checks say of words from elsewhere.

pub(crate) mod declaration;
pub(crate) mod expression;
pub(crate) mod foreign;
pub(crate) mod gates;
pub(crate) mod lengths;
pub(crate) mod params;
pub(crate) mod unexpected;

use super::Expr;

/// An operand's text, in parentheses where the text around it would tear it apart.
pub(crate) fn factor(expr: &Expr) -> String {
    match expr {
        Expr::Chain(_) | Expr::Neg { .. } => format!("({expr})"),
        _ => expr.to_string(),
    }
}
