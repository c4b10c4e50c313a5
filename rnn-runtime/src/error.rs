//! What can go wrong at run time, always naming both sides.

pub(crate) mod sizes;

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

pub(crate) use sizes::same_count;

/// An error of the public surface; nothing was changed when one is returned.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// An array of the wrong shape.
    Shape {
        /// Which array.
        what: String,
        /// The shape it must have; `None` where any size will do.
        expected: Vec<Option<usize>>,
        /// The shape it has.
        found: Vec<usize>,
    },
    /// A slice of the wrong length, given to a [`Stream`](crate::stream::Stream): what a step
    /// returns, which allocates nothing.
    Length {
        /// What kind of slice.
        what: &'static str,
        /// Its name in the declaration.
        name: &'static str,
        /// The length it must have.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// A number of things that is not the number needed.
    Count {
        /// Which things.
        what: Cow<'static, str>,
        /// How many are needed.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A name the cell does not have.
    UnknownName {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A value that must be finite and is not.
    NotFinite {
        /// Where it was found.
        what: String,
        /// Index in that array.
        index: usize,
    },
    /// A value outside its range.
    Value {
        /// Which value.
        what: String,
        /// What it must be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A run that is too large for the memory.
    Memory {
        /// Its steps.
        steps: usize,
        /// Its batch rows.
        batch: usize,
    },
    /// A backward pass without the recorded forward pass it needs.
    NotRecorded,
    /// A step on the tier that the environment variable `RNN_TIER` names, which is no tier's name.
    /// [`Tier::environment`](crate::simd::Tier::environment) returns the error that has both.
    Environment,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Shape { what, expected, found } => {
                write!(f, "{what} has shape {found:?}, but ")?;
                needed(f, expected)
            }
            Error::Length { what, name, expected, found } => {
                write!(f, "{what} `{name}` has shape [{found}], but [{expected}] is needed")
            }
            Error::Count { what, expected, found } => {
                write!(f, "{found} {what} given, but {expected} needed")
            }
            Error::UnknownName { name, known } => {
                write!(f, "there is no `{name}`; the names are {}", known.join(", "))
            }
            Error::NotFinite { what, index } => write!(f, "{what} is not finite at index {index}"),
            Error::Value { what, expected, found } => {
                write!(f, "{what} is {found}, but must be {expected}")
            }
            Error::Memory { steps, batch } => {
                write!(f, "a run of {steps} steps and {batch} rows needs more memory than there is")
            }
            Error::NotRecorded => write!(
                f,
                "backward needs a recorded forward pass, by the parameters as they are now and \
                 with no run in between: call `record` first"
            ),
            Error::Environment => f.write_str(
                "the environment variable RNN_TIER is no tier's name: it must be one of scalar, \
                 sse2, avx2, avx512, neon, wasm",
            ),
        }
    }
}

/// The end of the sentence on a shape: `[5, 8] is needed`, or what kind of array.
fn needed(f: &mut fmt::Formatter<'_>, expected: &[Option<usize>]) -> fmt::Result {
    let any = expected.iter().any(Option::is_none);
    if expected.iter().all(Option::is_none) {
        return match expected.len() {
            0 => write!(f, "a single number is needed"),
            1 => write!(f, "a vector is needed"),
            2 => write!(f, "a matrix is needed"),
            dimensions => write!(f, "{dimensions} dimensions are needed"),
        };
    }
    for (i, size) in expected.iter().enumerate() {
        f.write_str(if i > 0 { ", " } else { "[" })?;
        match size {
            Some(n) => write!(f, "{n}")?,
            None => f.write_str("_")?,
        }
    }
    f.write_str(if any { "] is needed, with any size for `_`" } else { "] is needed" })
}

impl core::error::Error for Error {}
