//! What is said about numbers: lengths, constants, and the sizes of a family's
//! members.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Error;

use crate::error::error;
use crate::error::list;
use crate::error::place::Place;
use crate::runtime::Runtime;
use crate::syntax::{Expr, Size};

// Lengths.

pub(crate) fn circular_size(ident: &Ident, circle: &[String]) -> Error {
    error(
        ident,
        format!("the length of `{ident}` depends on itself: {}", circle.join(" needs ")),
        "give one of them a number",
    )
}

/// `open` is the length if it is not the same for all sizes.
pub(crate) fn zero_length(size: &Size, open: Option<&str>) -> Error {
    let what = match open {
        Some(length) => format!("this length is {length}, which is never positive"),
        None => "this length is zero".to_owned(),
    };
    error(size.place(), what, "a vector has at least one entry")
}

pub(crate) fn long_length(size: &Size, length: &str, limit: usize) -> Error {
    error(
        size.place(),
        format!("this length is {length}, more than the limit of {limit}"),
        "is a digit too many in it?",
    )
}

pub(crate) fn overflowing_length(place: Place, written: &str) -> Error {
    error(
        place,
        format!("`{written}` is too large to be counted"),
        "is it multiplied once too often?",
    )
}

pub(crate) fn negative_length(size: &Size, [left, right]: &[String; 2]) -> Error {
    error(
        size.place(),
        format!("`{size}` is negative: {left} - {right}"),
        "a vector has at least one entry",
    )
}

/// `open`: it depends on the sizes by what it is divided.
pub(crate) fn broken_length(size: &Size, [left, right]: &[String; 2], open: bool) -> Error {
    let help = match open {
        true => {
            "leave the quotient open instead, `dim n = _;`, and write the other length as a \
                 multiple of it"
        }
        false => "choose sizes that divide",
    };
    error(size.place(), format!("`{size}` is not a whole number: {left} / {right}"), help)
}

pub(crate) fn large_matrix(place: Place, shape: &str) -> Error {
    error(
        place,
        format!("a matrix {shape} has more than 2^28 values"),
        "split it into a product of two narrow matrices, or make the cell smaller",
    )
}

pub(crate) fn zero_steps(size: &Size) -> Error {
    error(size.place(), "a sequence has at least one step", "write the number of steps")
}

// Constants.

pub(crate) fn not_finite(place: Place, value: f64) -> Error {
    if value.is_finite() {
        return error(
            place,
            format!("this constant is {value:?}, and the numbers of this cell end at 3.4e38"),
            "is a digit too many in it? `scalar f64;` makes the whole cell double",
        );
    }
    error(
        place,
        format!("this constant is {value:?}"),
        "constants are finite numbers; is a digit too many in it, or an argument out of range?",
    )
}

/// Zero as it is written, or too small for the cell's scalar type.
pub(crate) fn zero_divisor(written: &Expr, value: f64) -> Error {
    let what = match value {
        0.0 => format!("this divides by `{written}`, which is zero"),
        _ => format!("this divides by `{written}`, which is zero in the numbers of this cell"),
    };
    error(written.place(), what, "divide by a number that is not zero")
}

pub(crate) fn not_constant(expr: &Expr, what: &str) -> Error {
    error(
        expr.place(),
        format!("{what} must be a number that is known at compile time, `{expr}` is not"),
        "use numbers, `const` names and `dim` names here",
    )
}

pub(crate) fn pow_of_two_values(base: &Expr, exponent: &Expr) -> Error {
    error(
        exponent.place(),
        format!("the exponent of `pow` must be a constant, `{exponent}` is not"),
        format!("for a positive base write `exp({exponent} * log({base}))`"),
    )
}

pub(crate) fn clamp_order(place: Place, low: f64, high: f64) -> Error {
    error(
        place,
        format!("the lower bound {low:?} of `clamp` is above the upper bound {high:?}"),
        "write `clamp(v, low, high)`",
    )
}

/// `least` is the smallest number above zero in the cell's kernels.
pub(crate) fn epsilon_too_small(written: &Expr, epsilon: f64, least: f64) -> Error {
    let what = match epsilon > 0.0 {
        false => format!(
            "`layer_norm` adds a positive constant to the variance, this one is {epsilon:?}"
        ),
        true => format!(
            "`layer_norm` adds a positive constant to the variance, and {epsilon:?} is zero in the \
             numbers of this cell, as is all below {least:.0e}"
        ),
    };
    error(written.place(), what, "write a number such as `1e-6`, or leave it out for 1e-5")
}

pub(crate) fn late_constant(ident: &Ident, item: &crate::syntax::Item) -> Error {
    error(
        ident,
        format!("constant `{ident}` is declared further down, in `{item}`"),
        "move it up: a constant reads those above it",
    )
}

pub(crate) fn reads_step(ident: &Ident, name: &str) -> Error {
    error(
        ident,
        format!("`{name}` changes from step to step, so it cannot be part of a constant"),
        "use numbers, `const` names and `dim` names here",
    )
}

// Members of a family.

pub(crate) fn not_a_family(instance: &Ident, family: &Ident) -> Error {
    error(
        instance,
        format!("`{family}` is not a family: it has no open size"),
        "use the cell itself, or write a size as `_` in its declaration",
    )
}

pub(crate) fn unknown_setting(
    name: &Ident,
    family: &Ident,
    open: &[&str],
    near: Option<&str>,
) -> Error {
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the open sizes are {}", list(open)),
    };
    error(name, format!("`{name}` is no open size of `{family}`"), help)
}

pub(crate) fn closed_setting(name: &Ident, family: &Ident, size: &Size) -> Error {
    error(name, format!("`{family}` fixes the size of `{name}`: it is `{size}`"), "leave it out")
}

pub(crate) fn second_setting(name: &Ident) -> Error {
    error(name, format!("`{name}` is given twice"), "keep one of the two")
}

pub(crate) fn missing_setting(instance: &Ident, family: &Ident, missing: &str) -> Error {
    error(
        instance,
        format!("`{instance}` does not say the size `{missing}` of `{family}`"),
        format!("add `{missing}: 32`"),
    )
}

/// `Family! { }`: there is no token to point at, but the runtime has a macro that is reported at
/// the call.
pub(crate) fn no_member(runtime: &Runtime, family: &Ident, open: &[&Ident]) -> TokenStream {
    let sizes: Vec<String> = open.iter().map(|size| format!("{size}: 32")).collect();
    let text = format!(
        "a family makes a cell of a name and sizes, and here is neither\n\
         help: write `{family}! {{ pub struct MyCell {{ {} }} }}`",
        sizes.join(", ")
    );
    quote!(#runtime::__error_at_call! { #text })
}

/// `weights f16;` beside `scalar f64;`
pub(crate) fn weights_of_double(place: Place, weights: &str) -> Error {
    let what = format!("the weights of a cell of `f64` are not kept as `{weights}`");
    error(place, what, "leave out one of the two statements")
}

pub(crate) fn setting_value(name: &Ident, place: Place) -> Error {
    let help = match name.to_string().as_str() {
        "scalar" => "write `scalar: f32` or `scalar: f64`",
        "weights" => "write `weights: f16`, `weights: bf16` or `weights: f32`",
        "activations" => "write `activations: fast` or `activations: exact`",
        "steps" => "write a number, such as `steps: 16`",
        _ => "write a number, such as `h: 32`",
    };
    error(place, format!("this is no value for `{name}`"), help)
}

pub(crate) fn setting_range(name: &Ident, value: usize, limit: usize) -> Error {
    error(
        name,
        format!("`{name}` is {value}, and must be between 1 and {limit}"),
        "choose a size in this range",
    )
}

/// What the family says for the sizes of `instance`, which `sizes` lists.
pub(crate) fn unfit_sizes(instance: &Ident, family: &Ident, sizes: &str, said: &Error) -> Error {
    Error::new(instance.span(), format!("`{family}` cannot be made with {sizes}: {said}"))
}
