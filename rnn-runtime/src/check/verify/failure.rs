//! Why a check was not made.

use alloc::string::String;
use core::fmt;

use crate::error::Error;

/// What kept a check from being made.
#[derive(Debug)]
pub(super) enum Failure {
    /// Wrong options, or an error of a run.
    Error(Error),
    /// The cell itself overflows or becomes NaN; where, in words.
    Cell(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Error(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Error(error) => error.fmt(f),
            Failure::Cell(what) => f.write_str(what),
        }
    }
}
