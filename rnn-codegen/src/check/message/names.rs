//! What is said about names: unknown, repeated, reserved, unused.

use proc_macro2::Ident;
use syn::Error;

use crate::check::names::{Kind, Name};
use crate::check::wanted::Wanted;
use crate::error::error;
use crate::error::list;
use crate::error::place::Place;
use crate::syntax::message::factor;
use crate::syntax::message::foreign;
use crate::syntax::{Expr, Item};

pub(crate) fn reserved(ident: &Ident, reason: String) -> Error {
    error(
        ident,
        format!("`{ident}` cannot be declared: {reason}"),
        format!("choose another name, such as `{}_1`", ident.to_string().trim_start_matches("r#")),
    )
}

pub(crate) fn repeated(ident: &Ident, kind: Kind, first: &Name) -> Error {
    let what = format!(
        "`{ident}` is declared twice; it is already the {} in `{}`",
        first.kind.noun(),
        first.item
    );
    let help = match (kind, first.kind) {
        (Kind::Gate | Kind::Let, Kind::State(..)) => {
            format!("the next value of a state is assigned as `{ident}[t] = ..;`")
        }
        _ => "give one of the two another name".to_owned(),
    };
    error(ident, what, help)
}

/// `base` is the input or state whose step the name was probably meant to be.
pub(crate) fn step_in_name(ident: &Ident, base: &str, kind: Kind) -> Error {
    let help = match kind {
        Kind::Input(..) => format!("the value of this step is `{base}`"),
        _ => {
            format!("the value of this step is `{base}[t]`, that of the step before `{base}[t-1]`")
        }
    };
    error(ident, format!("`{ident}` is not declared"), help)
}

/// A length that is not declared.
pub(crate) fn unknown_length(ident: &Ident, near: Option<&str>, known: &[&str]) -> Error {
    let name = ident.to_string();
    let help = match name.as_str() {
        _ if foreign::is_type(&name) => {
            "a length stands here, such as `x: 8`; the type of all numbers is `scalar f64;`".into()
        }
        "scalar" => "a single number has the length 1".into(),
        _ if let Some(near) = near => {
            return error(
                ident,
                format!("`{ident}` is not declared"),
                format!("did you mean `{near}`?"),
            );
        }
        _ => format!(
            "constants of the program are not seen here: write the number, declare \
             `dim {name} = 8;`, or leave the length open as `_`; what can stand here: {}",
            list(known)
        ),
    };
    error(ident, format!("`{ident}` is no length"), help)
}

/// `near` is what may have been meant, `known` everything that could stand here, and `wanted` what
/// the place asks for.
pub(crate) fn unknown(
    ident: &Ident,
    near: Option<&str>,
    known: &[String],
    wanted: &Wanted,
) -> Error {
    // A short name is often another one, and not the near one misspelt.
    const SHORT: usize = 4;
    let name = ident.to_string();
    let help = match near {
        _ if ident == "t" => {
            "the number of the step cannot be read; give it as an `input` if it is needed".into()
        }
        _ if let Some((left, right)) = name.split_once('·') => format!(
            "the point is part of a name here: write `{left} @ {right}` with a matrix, else \
             `{left} * {right}`"
        ),
        Some(near) if name.chars().count() > SHORT => format!("did you mean `{near}`?"),
        Some(near) => {
            format!("did you mean `{near}`? if not, declare it: {}", declaration(&name, wanted))
        }
        None if let Some(help) = foreign::function(&name) => help,
        None if known.is_empty() || matches!(wanted, Wanted::Matrix { .. }) => {
            format!("declare it: {}", declaration(&name, wanted))
        }
        None => {
            format!(
                "declare it: {}; what can stand here: {}",
                declaration(&name, wanted),
                list(known)
            )
        }
    };
    error(ident, format!("`{ident}` is not declared"), help)
}

/// How a name is declared where `wanted` stands.
fn declaration(name: &str, wanted: &Wanted) -> String {
    let or = |length: &Option<String>, other: &str| length.as_deref().unwrap_or(other).to_owned();
    match wanted {
        Wanted::Matrix { rows, columns } => {
            format!("`param {name}: [{}, {}];`", or(rows, "rows"), or(columns, "columns"))
        }
        Wanted::State { length } => format!("`state {name}: {};`", or(length, "64")),
        Wanted::Vector { length } => format!(
            "`param {name}: [{0}];` for a trained vector, `{name} = ..;` for a computed one, \
             `input {name}: {0};` for a given one, `const {name} = 0.1;` for a number",
            or(length, "length")
        ),
        Wanted::Operand => format!(
            "`{name} = ..;`, or as an `input` or a `state`; weights and biases are the gate's own \
             and are not listed"
        ),
        Wanted::Number => format!("`const {name} = 0.1;` or, trained, `param {name} = 0.1;`"),
    }
}

pub(crate) fn unknown_function(ident: &Ident, near: Option<&str>) -> Error {
    let help = match (foreign::function(&ident.to_string()), near) {
        (Some(help), _) => help,
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => format!("declare it: `fn {ident}(u) = ..;`"),
    };
    error(ident, format!("there is no function `{ident}`"), help)
}

/// `kind` is what `ident` is instead of a function; `matrix` whether it is one.
pub(crate) fn call_of(ident: &Ident, kind: Kind, matrix: bool, argument: &Expr) -> Error {
    let argument = factor(argument);
    let help = match kind {
        Kind::Param if matrix => format!("the matrix product is `{ident} @ {argument}`"),
        Kind::State(..) => format!("the value of a step is `{ident}[t]` or `{ident}[t-1]`"),
        Kind::Input(..) if argument == "t" => format!("the value of this step is `{ident}`"),
        _ => format!("a product is `{ident} * {argument}`"),
    };
    error(ident, format!("`{ident}` is {}, not a function", with_article(kind)), help)
}

/// `g(x)` in the body of a function with the argument `g`.
pub(crate) fn call_of_argument(ident: &Ident, argument: &Expr) -> Error {
    error(
        ident,
        format!("`{ident}` is an argument of the function here, not a function"),
        format!("a product is `{ident} * {}`; or give the argument another name", factor(argument)),
    )
}

pub(crate) fn function_as_value(ident: &Ident) -> Error {
    error(
        ident,
        format!("`{ident}` is a function and needs its arguments"),
        format!("write `{ident}(..)`"),
    )
}

/// `i.y` for a gate without that operand; `gate` is the statement.
pub(crate) fn unknown_member(written: &Expr, gate: &Item) -> Error {
    error(
        written.place(),
        format!("there is no `{written}`: the gate is `{gate}`"),
        "a gate has a matrix for each name before the `;`, called after it, and its bias `b`",
    )
}

/// `a.b` where `a` is no gate, but perhaps a matrix.
pub(crate) fn not_a_member(written: &Expr, owner: &Expr, member: &Ident, matrix: bool) -> Error {
    let help = if matrix {
        format!("the matrix product is `{owner} @ {member}`, the transpose is `{owner}.T`")
    } else {
        format!("the transpose of a matrix is `{owner}.T`; only gates have parameters of their own")
    };
    error(written.place(), format!("`{owner}` has nothing inside it that has a name"), help)
}

/// An error that shows when the body of a function is written out for the call `text`.
pub(crate) fn in_call(place: Place, text: &str, said: &Error) -> Error {
    Error::new_spanned(place, format!("in `{text}`: {said}"))
}

pub(crate) fn constant_in_size(ident: &Ident, kind: Kind) -> Error {
    let help = match kind {
        Kind::Const => format!("declare it as `dim {ident} = ..;`"),
        _ => "the length of an input, a state or a `dim` can stand here".to_owned(),
    };
    error(ident, format!("`{ident}` is {}, not a length", with_article(kind)), help)
}

/// A name of the time step in the body of a function.
pub(crate) fn captured(ident: &Ident, kind: Kind, function: &Ident) -> Error {
    error(
        ident,
        format!(
            "function `{function}` reads the {} `{ident}`, which changes from step to step",
            kind.noun()
        ),
        format!("give it to the function as an argument: `fn {function}(.., {ident}) = ..;`"),
    )
}

pub(crate) fn recursion(ident: &Ident, path: &[String]) -> Error {
    error(
        ident,
        format!("a recursive function: `{}`", path.join("` calls `")),
        "functions are written out where they are called, so they cannot be recursive",
    )
}

/// Functions that call functions twice double what is written out with each level.
pub(crate) fn too_many_calls(place: Place, most: usize) -> Error {
    error(
        place,
        format!(
            "the functions called here, and those that they call, are written out over {most} times"
        ),
        "functions are written out where they are called: each that calls another twice doubles \
         the cell; give a value that is read twice a name",
    )
}

/// Functions are written out where they are called, so their depth adds to that of expressions.
pub(crate) fn nested(place: Place, deepest: usize) -> Error {
    error(
        place,
        format!("expressions and the functions that they call are nested more than {deepest} deep"),
        "give a part of it a name: `part = ..;`",
    )
}

pub(crate) fn repeated_argument(ident: &Ident) -> Error {
    error(ident, format!("two arguments are called `{ident}`"), "rename one of them")
}

pub(crate) fn unused_argument(ident: &Ident, function: &Ident) -> Error {
    error(
        ident,
        format!("argument `{ident}` of `{function}` is not used"),
        "use it in the body, or remove it",
    )
}

pub(crate) fn unused(name: &Name) -> Error {
    let ident = name.ident;
    let help = match name.kind {
        Kind::Input(..) => "read it in an equation, or remove it",
        Kind::Param => "use it in an equation, or remove it",
        Kind::Function(_) => "call it, or remove it",
        Kind::Gate => "use it in an equation that a state or the output needs, or remove it",
        _ => "use it, or remove it",
    };
    error(ident, format!("{} `{ident}` is not used", name.kind.noun()), help)
}

/// Two parameters would get the same name in Rust.
pub(crate) fn clash(ident: &Ident, field: &str, one: &str, other: &str) -> Error {
    error(
        ident,
        format!("parameters `{one}` and `{other}` would both be called `{field}` in Rust"),
        "rename one of them",
    )
}

/// An operand called `b` of a gate with a bias.
pub(crate) fn operand_like_bias(operand: &Ident, gate: &Ident) -> Error {
    error(
        operand,
        format!(
            "the matrix of `{operand}` would be called `{gate}.b`, and so is the bias of `{gate}`"
        ),
        format!("call `{operand}` something else, or write `no bias`"),
    )
}

pub(crate) fn missing_input(cell: &Ident) -> Error {
    error(cell, format!("cell `{cell}` has no input"), "declare one, such as `input x: 32;`")
}

pub(crate) fn missing_state(cell: &Ident) -> Error {
    error(cell, format!("cell `{cell}` has no state"), "declare one, such as `state h: 64;`")
}

/// A statement that can stand once stands again.
pub(crate) fn second_statement(place: Place, word: &str, first: &Item) -> Error {
    error(place, format!("`{word}` stands twice; the first says `{first}`"), "keep one of the two")
}

/// `an input`
pub(crate) fn with_article(kind: Kind) -> String {
    let noun = kind.noun();
    let article = if noun.starts_with(['i', 'e']) { "an" } else { "a" };
    format!("{article} {noun}")
}
