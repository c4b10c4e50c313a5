//! What is said about shapes: both of them, with the text of both operands.

use syn::Error;

use crate::error::error;
use crate::error::place::Place;
use crate::syntax::expression::Operator;
use crate::syntax::message::factor;
use crate::syntax::{Expr, Gate, Item, Let};

/// An operand and its shape.
type Side<'a> = (&'a Expr, &'a str);

/// What may have been meant where two lengths differ.
pub(crate) enum Meant<'a> {
    /// This vector of length 1 as a number.
    Number(&'a Expr),
    /// This gate as long as something else.
    Gate {
        gate: &'a Expr,
        length: String,
    },
    Unknown,
}

pub(crate) fn unequal_lengths(place: Place, left: Side, right: Side, meant: &Meant) -> Error {
    let help = match meant {
        Meant::Number(vector) => format!("its one entry as a number is `sum({vector})`"),
        Meant::Gate { gate, length } => format!(
            "a gate is as long as the first state; `gate {gate}: {length} = ..` makes it as long \
             as the other"
        ),
        Meant::Unknown => "an elementwise operation takes two vectors of the same length, or a \
                           number and a vector"
            .to_owned(),
    };
    error(
        place,
        format!("the lengths differ: `{}` is {}, `{}` is {}", left.0, left.1, right.0, right.1),
        help,
    )
}

/// A function of several vectors that are not equally long.
pub(crate) fn unequal_arguments(place: Place, name: &str, sides: &[(String, String)]) -> Error {
    let sides: Vec<String> =
        sides.iter().map(|(text, shape)| format!("`{text}` is {shape}")).collect();
    error(
        place,
        format!("the arguments of `{name}` differ in length: {}", sides.join(", ")),
        format!("`{name}` takes vectors of the same length"),
    )
}

/// `weighted` are the arguments if they could be operands of a gate.
pub(crate) fn argument_count(
    place: Place,
    name: &str,
    given: usize,
    usage: &str,
    weighted: Option<String>,
) -> Error {
    let noun = if given == 1 { "argument" } else { "arguments" };
    let help = match weighted {
        Some(operands) => format!(
            "with weights for each it is a gate, `gate n = {name}({operands});`; of one value it \
             is `{usage}`"
        ),
        None if given == 1 && matches!(name, "max" | "min") => {
            format!("there is no {name}imum of a vector; `{usage}` is elementwise")
        }
        None => format!("write `{usage}`"),
    };
    error(place, format!("`{name}` does not take {given} {noun}"), help)
}

pub(crate) fn number_for_vector(written: &Expr, what: &str) -> Error {
    let help = match what {
        "`output`" => format!(
            "make it a state of length 1: `state y: 1;`, `y[t] = {written};` and `output y[t];`"
        ),
        "`layer_norm`" => "gain and bias are vectors, `param g: [h] = ones;` and \
                           `param b: [h] = zeros;`, or left out: `layer_norm(v)`"
            .to_owned(),
        "a concatenation" => {
            "a number goes with every vector and needs no brackets; beside others \
                              it is a vector of length 1: `param a: [1];`"
                .to_owned()
        }
        "`@`" => format!("a number is multiplied with `*`: `{} * ..`", factor(written)),
        _ => "numbers take part in elementwise operations only".to_owned(),
    };
    error(written.place(), format!("{what} needs a vector, and `{written}` is a number"), help)
}

// Matrices and products.

pub(crate) fn matrix_as_value(written: &Expr, shape: &str) -> Error {
    error(
        written.place(),
        format!("`{written}` is a matrix {shape}, and only its product with a vector is a value"),
        format!("write `{written} @ v`"),
    )
}

/// `with` is the other operand if a product with it would fit.
pub(crate) fn matrix_in_arithmetic(
    matrix: &Expr,
    shape: &str,
    operator: Operator,
    with: Option<&Expr>,
) -> Error {
    let help = match (operator, with) {
        _ if shape.starts_with("[1, ") || shape.ends_with(", 1]") => {
            format!("a vector is declared with one length: `param {matrix}: [length];`")
        }
        (Operator::Mul, Some(vector)) => {
            format!("the matrix product is `{matrix} @ {}`", factor(vector))
        }
        (Operator::Add | Operator::Sub, _) => {
            format!("multiply first, then add: `{matrix} @ v {} ..`", operator.symbol())
        }
        _ => format!("the matrix product is `{matrix} @ v`, with parentheses around it if need be"),
    };
    error(
        matrix.place(),
        format!(
            "`{matrix}` is a matrix {shape} and cannot be an operand of `{}`",
            operator.symbol()
        ),
        help,
    )
}

pub(crate) fn product_lengths(written: &Expr, matrix: Side, vector: Side, fits: bool) -> Error {
    let what = format!(
        "`{written}`: `{}` is {}, `{}` is {}; the columns must be as many as the entries",
        matrix.0, matrix.1, vector.0, vector.1
    );
    let help = match matrix.0 {
        Expr::Member { member, .. } if fits && member == "T" => format!(
            "without the transposition it fits: `{} @ {}`",
            transpose_of(matrix.0),
            factor(vector.0)
        ),
        other if fits => {
            format!("the transpose fits: `{} @ {}`", transpose_of(other), factor(vector.0))
        }
        _ => "a matrix [rows, columns] times a vector [columns] is a vector [rows]".to_owned(),
    };
    error(written.place(), what, help)
}

/// How a matrix on the right of `@` fits the vector on the left of it.
pub(crate) enum Fits {
    AsIs,
    Transposed,
    No,
}

/// `W.T`, and `W` for `W.T`.
fn transpose_of(matrix: &Expr) -> String {
    match matrix {
        Expr::Member { owner, member } if member == "T" => owner.to_string(),
        other => format!("{other}.T"),
    }
}

/// `vectors`: both sides are vectors of the same length.
pub(crate) fn product_without_matrix(
    written: &Expr,
    left: Side,
    right: Side,
    fits: Fits,
    vectors: bool,
) -> Error {
    let matrix = match fits {
        Fits::AsIs => Some(right.0.to_string()),
        Fits::Transposed => Some(transpose_of(right.0)),
        Fits::No => None,
    };
    let help = if let Some(matrix) = matrix {
        format!("the matrix stands on the left: `{matrix} @ {}`", factor(left.0))
    } else if vectors {
        format!(
            "write `dot({0}, {1})` for the inner product, `{2} * {3}` for the elementwise one",
            left.0,
            right.0,
            factor(left.0),
            factor(right.0)
        )
    } else {
        "declare `param W: [rows, columns];` and write `W @ v`; elementwise is `*`".to_owned()
    };
    error(
        written.place(),
        format!(
            "the left side of `@` is a matrix parameter or its transpose; here `{}` is {}, \
             `{}` is {}",
            left.0, left.1, right.0, right.1
        ),
        help,
    )
}

pub(crate) fn product_of_matrices(written: &Expr, left: &Expr, right: &Expr) -> Error {
    error(
        written.place(),
        "a product of two matrices has no value here, only of a matrix and a vector",
        format!("multiply from the right: `{left} @ ({right} @ v)`"),
    )
}

/// `r * U @ h`
pub(crate) fn left_to_right(
    left: &Expr,
    operator: Operator,
    matrix: &Expr,
    vector: &Expr,
) -> Error {
    let symbol = operator.symbol();
    error(
        Place::between(left.place(), vector.place()),
        format!("operators bind left to right: this is `({left} {symbol} {matrix}) @ {vector}`"),
        format!("write `{left} {symbol} ({matrix} @ {vector})`"),
    )
}

pub(crate) fn transposed_value(written: &Expr, owner: &Expr, shape: &str) -> Error {
    let help = "vectors are neither rows nor columns: `W.T @ v` and `dot(a, b)` need no transposed \
                vector";
    error(
        written.place(),
        format!("only matrices have a transpose, and `{owner}` is {shape}"),
        help,
    )
}

pub(crate) fn named_matrix(equation: &Let, shape: &str) -> Error {
    error(
        equation.value.place(),
        format!(
            "`{}` would be a matrix {shape}; named expressions are vectors or numbers",
            equation.name
        ),
        format!("use `{}` itself in products", equation.value),
    )
}

// Concatenations and ranges.

pub(crate) fn empty_concat(place: Place) -> Error {
    error(place, "this concatenation is empty", "write `[a, b]`")
}

/// `bounds` are start, end and length of the operand.
pub(crate) fn slice_out_of_range(written: &Expr, operand: &Expr, bounds: &[String; 3]) -> Error {
    error(
        written.place(),
        format!("`{written}` ends at {}, and `{operand}` is [{}]", bounds[1], bounds[2]),
        format!("the end is at most {}; without it the range goes to the end", bounds[2]),
    )
}

pub(crate) fn reversed_slice(written: &Expr, bounds: &[String; 3], empty: bool) -> Error {
    let what = if empty {
        format!("`{written}` is empty: it starts and ends at {}", bounds[0])
    } else {
        format!("`{written}` ends at {} before it starts at {}", bounds[1], bounds[0])
    };
    error(
        written.place(),
        what,
        "in `v[a..b]` the first entry is `a`, and `b` is the one after the last",
    )
}

// Equations.

/// `shapes` are those of the value and of the state.
pub(crate) fn next_value_shape(equation: &Let, item: &Item, shapes: &[String; 2]) -> Error {
    let help = if shapes[0] == "a number" {
        "a state is a vector; a number alone fills only a state of length 1"
    } else {
        "the next value of a state has the length of the state"
    };
    error(
        equation.value.place(),
        format!(
            "in `{item}` the value is {}, and the state `{}` is {}",
            shapes[0], equation.name, shapes[1]
        ),
        help,
    )
}

pub(crate) fn term_length(term: &Expr, gate: &Gate, shapes: &[String; 2]) -> Error {
    let length = shapes[0].trim_matches(['[', ']']);
    let help = match length {
        "1" => format!("its one entry as a number is `sum({term})`"),
        _ => format!(
            "a gate is as long as the first state; `gate {}: {length} = ..` has another length",
            gate.name
        ),
    };
    error(
        term.place(),
        format!(
            "the term `{term}` is {}, and the gate `{}` is {}",
            shapes[0], gate.name, shapes[1]
        ),
        help,
    )
}

pub(crate) fn matrix_as_operand(operand: &Expr) -> Error {
    error(
        operand.place(),
        format!("`{operand}` is a matrix; a gate makes the matrices of its operands itself"),
        format!("put a product of your own after the `;`: `sigmoid(x; {operand} @ h)`"),
    )
}

pub(crate) fn number_as_operand(operand: &Expr, gate: &Gate) -> Error {
    error(
        operand.place(),
        format!("the operand `{operand}` is a number, and a gate multiplies vectors with matrices"),
        format!("add it as it stands, after a `;`: `{}(..; {operand})`", gate.activation),
    )
}
