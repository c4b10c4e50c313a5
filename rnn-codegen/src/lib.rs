//! The compiler behind `rnn_runtime::cell!`: equations of a recurrent cell in, kernels out.
//!
//! ```text
//! tokens -> syntax (Spec) -> check (Cell) -> graph, grad (Graph) -> schedule (Plan)
//!        -> emit (tokens)
//! ```
//!
//! Only `syntax` and `check` can fail; they report all mistakes of a declaration at once. What
//! comes after is total. This is an ordinary library, so that tests and tools run it in process;
//! its users reach it through `rnn-runtime`, which documents the notation, and the procedural
//! macros of `rnn-macros`.

// Where a declaration stands, which the portable spans do not say.
extern crate proc_macro;

mod check;
mod emit;
mod error;
mod functions;
mod grad;
mod graph;
mod ops;
mod runtime;
mod schedule;
mod syntax;

use proc_macro2::{TokenStream, TokenTree};

use crate::check::cell::Cell;
use crate::error::Errors;
use crate::graph::{Graph, passes};
use crate::runtime::Runtime;
use crate::syntax::{Instance, Spec};

/// What `cell!` expands to: the kernels of a declaration, or its errors and a stub of its type.
/// `input` is the path of the runtime and the declaration: `($crate) pub struct Mine { .. }`.
pub fn declare(input: TokenStream) -> TokenStream {
    let (runtime, input) = Runtime::split(input);
    let spec = match syntax::parse(input.clone()) {
        Ok(spec) => spec,
        Err(errors) => return with_stub(errors, emit::stubs(&runtime, &input)),
    };
    let Spec { attrs, vis, name, .. } = &spec;
    if spec.is_family() {
        return match check::check_family(&spec) {
            Ok(()) => emit::family(&runtime, attrs, vis, name, &input, false),
            Err(errors) => {
                with_stub(errors, emit::family(&runtime, attrs, vis, name, &input, true))
            }
        };
    }
    match check::check(&spec) {
        Ok(cell) => compile(&runtime, &cell),
        Err(errors) => {
            with_stub(errors, emit::stub(&runtime, vis, name, &check::surface(&spec, None)))
        }
    }
}

/// Compiles a declaration by itself, `pub struct Mine { .. }`, as [`declare`] does, runs its plan
/// in `f64` over poisoned memory, and holds outputs, final states and all gradients against its
/// graph, evaluated step by step: random values from `seed`, several batches and lengths, in one
/// chunk of steps and in more. A family has no plan, and is only checked.
///
/// # Errors
/// What differs, or what was read before it was written; the messages of a declaration with
/// mistakes.
#[cfg(feature = "evaluate")]
pub fn evaluate(input: TokenStream, seed: u64) -> Result<(), String> {
    let messages = |errors: Errors| errors.into_compile_errors().to_string();
    let spec = syntax::parse(input).map_err(messages)?;
    if spec.is_family() {
        return check::check_family(&spec).map_err(messages);
    }
    let mut cell = check::check(&spec).map_err(messages)?;
    // Values are those of `f64` in any case, constants among them.
    let double = std::mem::replace(&mut cell.double, true);
    let graph = differentiated(&passes::source(&cell), &cell);
    cell.double = double;
    let plan = schedule::schedule(&cell, &graph);
    schedule::evaluate::check(&cell, &graph, &plan, seed)
        .map_err(|why| format!("{why}\n{}", plan.display(&cell)))
}

/// What the macro of a family expands to. `input` is
/// `($crate) { declaration } pub struct Small { x: 8, h: 24 }`, with a `!` in front of the
/// declaration if it has errors, which have been reported where it stands.
pub fn instantiate(input: TokenStream) -> TokenStream {
    let (runtime, input) = Runtime::split(input);
    let mut trees = input.into_iter().peekable();
    let faulty = trees.next_if(|tree| matches!(tree, TokenTree::Punct(_))).is_some();
    let Some(TokenTree::Group(declaration)) = trees.next() else {
        unreachable!("bug in rnn-codegen: a family without its declaration")
    };
    let spec = match syntax::parse(declaration.stream()) {
        Ok(spec) => spec,
        Err(errors) if faulty => {
            drop(errors.into_vec());
            return emit::stubs(&runtime, &trees.collect());
        }
        Err(errors) => return errors.into_compile_errors(),
    };
    let member: TokenStream = trees.collect();
    if member.is_empty() {
        return check::message::values::no_member(&runtime, &spec.name, &spec.open_sizes());
    }
    let instance = match Instance::parse(member.clone()) {
        Ok(instance) => instance,
        Err(errors) => return with_stub(errors, emit::stubs(&runtime, &member)),
    };
    let Instance { vis, name, .. } = &instance;
    let stub = || emit::stub(&runtime, vis, name, &check::surface(&spec, Some(&instance)));
    if faulty {
        return stub();
    }
    match check::instantiate(&spec, &instance) {
        Ok(cell) => compile(&runtime, &cell),
        Err(errors) => with_stub(errors, stub()),
    }
}

/// The compiler proper: from a checked cell to its kernels.
fn compile(runtime: &Runtime, cell: &Cell) -> TokenStream {
    let source = passes::source(cell);
    let plan = schedule::schedule(cell, &differentiated(&source, cell));
    emit::emit(runtime, cell, &source, &plan)
}

/// The graph that is scheduled.
fn differentiated(source: &Graph, cell: &Cell) -> Graph {
    passes::backward(passes::forward(source, cell), cell)
}

fn with_stub(errors: Errors, stub: TokenStream) -> TokenStream {
    let mut tokens = errors.into_compile_errors();
    tokens.extend(stub);
    tokens
}
