//! What is said about the shapes and initialisers of parameters.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::Error;
use syn::buffer::Cursor;
use syn::parse::ParseStream;

use super::foreign;
use crate::error::error;
use crate::error::list;
use crate::error::place::Place;
use crate::syntax::{Expr, ParamShape};

pub(crate) const INITIALISERS: [&str; 8] =
    ["uniform", "normal", "glorot", "he", "orthogonal", "identity", "zeros", "ones"];

/// Those that fill nothing but matrices.
const OF_MATRICES: [&str; 4] = ["glorot", "he", "orthogonal", "identity"];

pub(crate) fn unknown_initialiser(place: Place, name: &str, near: Option<&str>) -> Error {
    let help = match (foreign::initialiser(name), near) {
        (Some(here), _) => format!("write `{here}`"),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => format!("there are {}, and plain numbers", list(&INITIALISERS)),
    };
    error(place, format!("there is no initialiser `{name}`"), help)
}

/// `bias b_f`
pub(crate) fn named_bias(place: Place, name: &str) -> Error {
    error(
        place,
        format!("`{name}` is neither a number nor an initialiser"),
        "the gate makes its bias itself; after `bias` stands its initial value, as in `bias 1.0`",
    )
}

pub(crate) fn initialiser_of_vector(place: Place, name: &str, param: &str) -> Error {
    error(
        place,
        format!("`{name}` initialises matrices, and `{param}` is a vector"),
        "use `uniform(0.1)`, `normal(0.1)`, `zeros`, `ones` or a number",
    )
}

pub(crate) fn initialiser_of_number(place: Place, name: &str, param: &str) -> Error {
    error(
        place,
        format!("`{name}` initialises matrices, and `{param}` is a number"),
        format!("write its shape in place of `scalar`: `{param}: [rows, columns]`"),
    )
}

/// `param b = zeros;`: `init` as written, `shape` what was probably meant.
pub(crate) fn initialiser_without_shape(
    init: &Expr,
    word: &str,
    param: &str,
    shape: &str,
) -> Error {
    let number = match init.to_string().as_str() {
        "zeros" => format!(" (a single number is `{word} {param} = 0.0;`)"),
        "ones" => format!(" (a single number is `{word} {param} = 1.0;`)"),
        other if other.ends_with(')') => {
            format!(" (a single number is `{word} {param}: scalar = {other};`)")
        }
        _ => String::new(),
    };
    error(
        init.place(),
        format!("`{param}` has no shape that `{init}` could fill"),
        format!("write its shape: `{word} {param}: {shape} = {init};`{number}"),
    )
}

/// `param q = zeros(8);`: the arguments are the shape.
pub(crate) fn shape_in_initialiser(init: &Expr, word: &str, param: &str) -> Option<Error> {
    let Expr::Call { function, arguments, .. } = init else { return None };
    let here = fills(&function.to_string())?;
    let mut shape: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    if OF_MATRICES.contains(&here) && shape.len() == 1 {
        shape.push(shape[0].clone());
    }
    let shape = format!("[{}]", shape.join(", "));
    let whole = arguments.iter().all(|a| matches!(a, Expr::Name(_)) || is_whole(a));
    (whole && matches!(arguments.len(), 1 | 2))
        .then(|| shape_first(init.place(), word, param, &shape, here))
}

fn is_whole(written: &Expr) -> bool {
    matches!(written, Expr::Number { text, .. } if text.parse::<usize>().is_ok())
}

/// The initialiser of the library function `name` whose arguments are a shape.
fn fills(name: &str) -> Option<&'static str> {
    match name {
        "uniform" | "normal" => None,
        _ => INITIALISERS.into_iter().find(|own| *own == name).or(foreign::initialiser(name)),
    }
}

fn shape_first(place: Place, word: &str, param: &str, shape: &str, init: &str) -> Error {
    error(
        place,
        format!("the shape of `{param}` stands after its name"),
        format!("write `{word} {param}: {shape} = {init};`"),
    )
}

/// `param W: [h, x] = 0.1 * randn(h, x);`: the rule `name` is a part of it.
pub(crate) fn initialiser_in_expression(written: &Expr, name: &Ident) -> Option<Error> {
    let here = initialiser_here(&name.to_string())?;
    let what = "an initialiser is a number, or one rule that stands alone";
    Some(error(written.place(), what, format!("write `{here}`")))
}

pub(crate) fn initialiser_arguments(place: Place, name: &str) -> Error {
    let help = match name {
        "uniform" => "write `uniform(r)` for values in [-r, r]; without an initialiser r is \
                      1/sqrt(n), n the length of the first state"
            .to_owned(),
        "normal" => "write `normal(s)`, s the standard deviation; the mean is zero".to_owned(),
        _ => format!("write `{name}` alone"),
    };
    error(place, format!("`{name}` has the wrong number of arguments"), help)
}

pub(crate) fn initialiser_range(place: Place, name: &str, value: f64) -> Error {
    let what = match value > 0.0 {
        false => format!("`{name}` needs a positive number, this one is {value:?}"),
        true => format!(
            "`{name}` needs a positive number, and {value:?} is zero in the numbers of this cell"
        ),
    };
    error(place, what, "write `zeros` if every value is to be zero")
}

// Initialisers that cannot be read.

/// `param tau = 1.0: [8]`
pub(crate) fn shape_after(input: ParseStream, word: &Ident, param: &Ident, init: &Expr) -> Error {
    let shape = input.cursor().token_tree().and_then(|(_, rest)| rest.token_tree());
    let shape = shape.map(|(shape, _)| shape.to_string()).unwrap_or_default();
    shape_first(
        input.span().into(),
        &word.to_string(),
        &param.to_string(),
        &shape,
        &init.to_string(),
    )
}

/// An initialiser at the head of `input` as other languages write it: a string, a list, or a
/// function of a library.
pub(crate) fn foreign_initialiser(
    input: ParseStream,
    word: &Ident,
    param: &Ident,
    shape: Option<&ParamShape>,
) -> Option<Error> {
    let cursor = input.cursor();
    let declared = |given: Option<String>, init: &str| {
        let of_matrix = OF_MATRICES.contains(&init);
        let default = if of_matrix { "[rows, columns]" } else { "[length]" };
        let shape = shape.map(ToString::to_string).or(given).unwrap_or_else(|| default.to_owned());
        format!("write `{word} {param}: {shape} = {init};`")
    };
    if let Some((inside, ..)) = cursor.group(Delimiter::Bracket) {
        let what = "an initialiser is one number or a rule for all, and this is a list";
        return Some(error(input.span(), what, of_list(word, param, shape, inside.token_stream())));
    }
    if let Some((text, _)) = cursor.literal().filter(|(l, _)| l.to_string().starts_with('"')) {
        let name = text.to_string().trim_matches('"').to_owned();
        let here = initialiser_here(&name);
        let help = here.map_or_else(all, |here| declared(None, here));
        return Some(error(input.span(), "an initialiser is written without quotes", help));
    }
    let (module, rest) = cursor.ident()?;
    let (name, path, after) = foreign::path(&module, rest)?;
    let given = after.group(Delimiter::Parenthesis).and_then(|(inside, ..)| sizes(inside));
    let help = initialiser_here(&name.to_string()).map_or_else(all, |here| declared(given, here));
    let what = format!("names stand alone, without the `{path}` they belong to elsewhere");
    Some(error(Place::between(input.span(), &name), what, help))
}

fn all() -> String {
    format!("there are {}, and plain numbers", list(&INITIALISERS))
}

/// What the initialiser `name`, perhaps of elsewhere, is called here, with its argument.
pub(crate) fn initialiser_here(name: &str) -> Option<&'static str> {
    let plain = name.trim_end_matches('_');
    match INITIALISERS.iter().find(|own| **own == plain) {
        Some(&"uniform") => Some("uniform(0.1)"),
        Some(&"normal") => Some("normal(0.1)"),
        Some(own) => Some(own),
        None => foreign::initialiser(name),
    }
}

/// The remedy for `= [8]` and `= [0.0, 0.0]`.
fn of_list(word: &Ident, param: &Ident, shape: Option<&ParamShape>, inside: TokenStream) -> String {
    let entries: Vec<String> = inside.to_string().split(',').map(|e| e.trim().to_owned()).collect();
    let entries: Vec<&String> = entries.iter().filter(|e| !e.is_empty()).collect();
    let values = entries.iter().any(|entry| entry.contains('.'));
    let same = entries.iter().all(|entry| *entry == entries[0]);
    let shape = match shape {
        Some(shape) => shape.to_string(),
        None if values || entries.len() > 2 => format!("[{}]", entries.len()),
        None => format!("[{inside}]").replace(" ,", ","),
    };
    match entries.first() {
        Some(value) if values && same => format!("write `{word} {param}: {shape} = {value};`"),
        Some(_) if values => format!(
            "write `{word} {param}: {shape};`; values that differ are written into the parameters \
             by the program"
        ),
        _ => format!("write `{word} {param}: {shape};`"),
    }
}

/// The shape in `(8, 8)`, `((8, 8))` or `([8, 8], dtype=..)`.
fn sizes(inside: Cursor) -> Option<String> {
    let tuple = |delimiter| inside.group(delimiter).map(|(inside, ..)| inside);
    let inside = tuple(Delimiter::Parenthesis).or(tuple(Delimiter::Bracket)).unwrap_or(inside);
    let mut sizes: Vec<String> = vec![String::new()];
    for tree in inside.token_stream() {
        match &tree {
            TokenTree::Punct(punct) if punct.as_char() == ',' => sizes.push(String::new()),
            tree => *sizes.last_mut()? += &tree.to_string(),
        }
    }
    sizes.retain(|size| !size.is_empty() && size.chars().all(|c| c.is_alphanumeric() || c == '_'));
    matches!(sizes.len(), 1 | 2).then(|| format!("[{}]", sizes.join(", ")))
}
