//! What is said about the order of equations, about steps, and about gates.

use proc_macro2::Ident;
use syn::Error;

use super::names::with_article;
use crate::check::names::Kind;
use crate::error::error;
use crate::error::list;
use crate::error::place::Place;
use crate::syntax::expression::{Chain, Operator};
use crate::syntax::message::foreign;
use crate::syntax::{Expr, Gate, Item, Let, Timed};

// Next values.

pub(crate) fn never_assigned(state: &Ident) -> Error {
    error(
        state,
        format!("state `{state}` is never assigned"),
        format!("add `{state}[t] = ..;`, its value at this step"),
    )
}

/// `h_new = ..` where no equation assigns `h[t]`.
pub(crate) fn assigned_under_another_name(equation: &Let, state: &Ident) -> Error {
    error(
        equation.place,
        format!("state `{state}` is never assigned, and `{}` is only a name", equation.name),
        format!("the value of the state at this step is `{state}[t] = ..;`"),
    )
}

pub(crate) fn assigned_twice(equation: &Let, first: &Item) -> Error {
    let name = &equation.name;
    error(
        equation.place,
        format!("`{name}[t]` is assigned twice, first in `{first}`"),
        format!("a state has one next value; name the intermediate one, such as `{name}_1 = ..;`"),
    )
}

pub(crate) fn assigned_input(equation: &Let) -> Error {
    let name = &equation.name;
    error(
        equation.place,
        format!("`{name}` is an input, and inputs are given from outside"),
        format!(
            "declare `{name}` as a `state`, or call the value by another name: `{name}_1 = ..;`"
        ),
    )
}

pub(crate) fn assigned_value(equation: &Let, kind: Kind) -> Error {
    let name = &equation.name;
    error(
        equation.place,
        format!("`{name}` is {}, and only states are assigned as `[t]`", with_article(kind)),
        "declare a state for what the next step needs; other values are `name = ..;`",
    )
}

/// `length` is that of the value.
pub(crate) fn unknown_state(
    name: &Ident,
    near: Option<&str>,
    known: &[&str],
    length: Option<String>,
) -> Error {
    let length = length.unwrap_or_else(|| "64".to_owned());
    let help = match near {
        Some(near) => format!("did you mean `{near}[t]`?"),
        None if known.is_empty() => format!("declare it: `state {name}: {length};`"),
        None => format!(
            "declare `state {name}: {length};` if the next step reads it, else write `{name} = ..;`\
             ; what can stand here: {}",
            list(known)
        ),
    };
    error(name, format!("there is no state `{name}`"), help)
}

// Order.

pub(crate) fn reads_itself(ident: &Ident, name: &str, item: &Item) -> Error {
    let help = match name.strip_suffix("[t]") {
        Some(state) => format!("the value of the step before is `{state}[t-1]`"),
        None => format!("give the new value another name, or make `{name}` a state"),
    };
    error(ident, format!("`{name}` reads itself in `{item}`"), help)
}

pub(crate) fn further_down(ident: &Ident, name: &str, item: &Item) -> Error {
    let help = match name.strip_suffix("[t]") {
        Some(state) => {
            format!("move that equation up, or read the value of the step before: `{state}[t-1]`")
        }
        None => {
            "move that equation up: equations are computed in the order they are written".into()
        }
    };
    error(
        ident,
        format!("`{name}` is not known yet; it is computed further down, in `{item}`"),
        help,
    )
}

// Steps.

pub(crate) fn lag(place: Place, timed: &Timed, kind: Kind) -> Error {
    let name = &timed.name;
    let help = match (kind, timed.offset) {
        (Kind::Input(..), -1) => format!(
            "keep it in a state: `state {name}_1: {name};` and `{name}_1[t] = {name};`, then read \
             `{name}_1`"
        ),
        (Kind::Input(..), _) => "keep it in a chain of states, one for each step".to_owned(),
        _ => format!(
            "keep it in a state: `state {name}_1: {name};` and `{name}_1[t] = {name}[t-1];`, then \
             `{name}_1` is `{name}[t-2]`"
        ),
    };
    let reach = match kind {
        Kind::Input(..) => format!("inputs can be read at this step only, as `{name}[t]`"),
        _ => format!("states can be read at this step and the one before, `{name}[t-1]`"),
    };
    error(place, format!("`{timed}` is too old: {reach}"), help)
}

pub(crate) fn future(place: Place, timed: &Timed) -> Error {
    let name = &timed.name;
    error(
        place,
        format!("`{timed}` lies in the future, and a step sees only what came before it"),
        format!("read `{name}[t]`, or shift the sequence before it goes in"),
    )
}

pub(crate) fn time_of_constant(place: Place, timed: &Timed, kind: Kind) -> Error {
    let name = &timed.name;
    let help = match (kind, timed.offset) {
        (Kind::Gate | Kind::Let, -1) => {
            format!("to have its last value, keep it in a state: `state {name}_1: ..;`")
        }
        _ => format!("write `{name}`"),
    };
    error(
        place,
        format!("`{name}` is {}, and only inputs and states have steps", with_article(kind)),
        help,
    )
}

pub(crate) fn time_of_argument(place: Place, name: &Ident) -> Error {
    error(
        place,
        format!("`{name}` is an argument of the function and has no steps"),
        format!("write `{name}` here, and the step in the call"),
    )
}

pub(crate) fn bare_state_in_output(ident: &Ident) -> Error {
    error(
        ident,
        format!("in `output` a bare `{ident}` could be taken for either step"),
        format!("write `{ident}[t]` for the new value, `{ident}[t-1]` for the old one"),
    )
}

pub(crate) fn bare_state_after_assignment(ident: &Ident, item: &Item) -> Error {
    error(
        ident,
        format!("a bare `{ident}` after `{item}` could be taken for either step"),
        format!("write `{ident}[t]` for the new value, `{ident}[t-1]` for the old one"),
    )
}

// Gates.

pub(crate) fn gate_without_operands(gate: &Gate) -> Error {
    let sum: Vec<String> = gate.terms.iter().map(ToString::to_string).collect();
    let help = if sum.is_empty() {
        format!("name what it reads: `gate {} = {}(x, h);`", gate.name, gate.activation)
    } else {
        format!(
            "without weights of its own it is a named expression: `{} = {}({});`",
            gate.name,
            gate.activation,
            sum.join(" + ")
        )
    };
    error(gate.place, format!("gate `{}` has no operand before the `;`", gate.name), help)
}

pub(crate) fn operand_without_name(operand: &Expr, gate: &Gate) -> Error {
    let Gate { name, activation, operands, terms, .. } = gate;
    let alone = operands.len() == 1 && terms.is_empty();
    let help = match operand {
        Expr::Concat { parts, .. } if alone => {
            let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
            format!("operands are listed without brackets: `{activation}({})`", parts.join(", "))
        }
        Expr::Chain(chain) if alone && let Some(names) = summands(chain) => {
            format!("operands are listed, and each gets a matrix: `{activation}({names})`")
        }
        Expr::Chain(_) if alone && operand.to_string().contains('@') => format!(
            "with weights declared by you it is a named expression, without `gate`: \
             `{name} = {activation}({operand});`"
        ),
        _ => format!("name it first: `v = {operand};`; or add it as it stands, after a `;`"),
    };
    error(
        operand.place(),
        format!(
            "a gate's operand is a name, because its matrix is called after it; this is `{operand}`"
        ),
        help,
    )
}

/// `x, h` for `x + h`.
fn summands(chain: &Chain) -> Option<String> {
    let sum = chain.rest.iter().all(|(operator, _)| *operator == Operator::Add);
    let named = chain.operands().all(|o| matches!(o, Expr::Name(_) | Expr::Timed(_)));
    let names: Vec<String> = chain.operands().map(ToString::to_string).collect();
    (sum && named).then(|| names.join(", "))
}

/// `gate r = sigmoid(layer_norm(x, h));`
pub(crate) fn gate_in_gate(
    operand: &Expr,
    function: &Ident,
    arguments: &[Expr],
    gate: &Gate,
) -> Error {
    let Gate { name, activation, .. } = gate;
    let operands: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let operands = operands.join(", ");
    let help = match function == "linear" {
        true => format!("write `gate {name} = {activation}({operands});`"),
        false => format!(
            "the sum is a gate of its own: `gate {name}_1 = linear({operands});` and \
             `{name} = {activation}({function}({name}_1));`"
        ),
    };
    error(operand.place(), format!("`{operand}` is a sum with weights inside another"), help)
}

pub(crate) fn repeated_operand(operand: &Expr, gate: &Gate) -> Error {
    error(
        operand.place(),
        format!("`{operand}` stands twice among the operands of gate `{}`", gate.name),
        "one matrix for it is enough: remove one of them",
    )
}

pub(crate) fn unknown_activation(activation: &Ident, near: Option<&str>) -> Error {
    let help = match near {
        _ if let Some(help) = foreign::function(&activation.to_string()) => help,
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "`sigmoid`, `tanh`, `relu`, `linear`, `softmax` and the other elementwise functions \
             stand here; your own is `fn {activation}(u) = ..;`"
        ),
    };
    error(activation, format!("there is no activation `{activation}`"), help)
}

pub(crate) fn activation_arguments(gate: &Gate, count: usize) -> Error {
    let Gate { name, activation, operands, terms, .. } = gate;
    let mut help =
        format!("name the sum, then call: `gate s = linear(..);` and `v = {activation}(s, ..);`");
    if operands.len() == count && terms.is_empty() {
        let operands: Vec<String> = operands.iter().map(ToString::to_string).collect();
        let call = format!("{activation}({})", operands.join(", "));
        help += &format!("; without weights it is a named expression: `{name} = {call};`");
    }
    let what = format!("an activation has one argument, and `{activation}` has {count}");
    error(activation, what, help)
}

pub(crate) fn activation_shape(gate: &Gate) -> Error {
    error(
        &gate.activation,
        format!("`{}` changes the length of the sum in gate `{}`", gate.activation, gate.name),
        format!(
            "name the sum, then call: `gate s = linear(..);` and `v = {}(s);`",
            gate.activation
        ),
    )
}
