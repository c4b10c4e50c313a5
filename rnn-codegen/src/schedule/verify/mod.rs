//! What a legal plan is, checked in debug builds after each step of the scheduler.
//!
//! `time` holds the form of sums, and phases and stages, against what each unit reads; `values`
//! what is on the tape against what is recomputed, and the places of a pass against one another.
//! `flow` runs the finished plan over symbols: each place of a row holds entries of a named value,
//! part of a sum, or nothing. Every load must find the value it names, complete; no store may touch
//! a value that is there already, with the tail of a whole vector neither; what a pass owes the
//! driver must be there when it ends. `rows` and `sums` are the stages over rows and those for
//! gradients.
//!
//! The verifier is a witness: which value is where and which terms a sum has is worked out here
//! once more, from the graph alone. What a stage says of itself, such as the sources of a product
//! or how far a store reaches, is read as the scheduler reads it.

mod flow;
mod memory;
mod rows;
mod sums;
mod time;
mod values;

pub(super) use self::flow::plan;
pub(super) use self::time::{affines, order, phases};
pub(super) use self::values::{places, tape};

/// A broken invariant in words.
type Check<T = ()> = Result<T, String>;

fn ensure(holds: bool, why: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(why()) }
}
