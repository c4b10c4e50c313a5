//! Errors on numbers and shapes. What makes them is cold: the message is put together where it does
//! not burden the code that only might need it.

use alloc::string::ToString;
use core::fmt::Display;

use super::Error;

impl Error {
    /// [`Error::Shape`] for an array of shape `found`; `expected` has a size for each dimension, or
    /// `None` where any will do.
    #[doc(hidden)]
    #[cold]
    pub fn shape(
        what: impl Display,
        expected: &[impl Copy + Into<Option<usize>>],
        found: &[usize],
    ) -> Error {
        Error::Shape {
            what: what.to_string(),
            expected: expected.iter().map(|&size| size.into()).collect(),
            found: found.to_vec(),
        }
    }

    #[cold]
    fn count(what: impl Display, expected: usize, found: usize) -> Error {
        Error::Count { what: what.to_string().into(), expected, found }
    }
}

/// [`Error::Count`] unless there are as many things as needed.
pub fn same_count(what: impl Display, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::count(what, expected, found)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_named_on_both_sides() {
        let error = Error::shape("input `x`", &[7, 2, 3], &[7, 2, 4]);
        assert_eq!(error.to_string(), "input `x` has shape [7, 2, 4], but [7, 2, 3] is needed");
        let error = Error::shape("input `x`", &[None, Some(3)], &[7, 4]);
        let expected = "input `x` has shape [7, 4], but [_, 3] is needed, with any size for `_`";
        assert_eq!(error.to_string(), expected);
        assert_eq!(same_count("inputs", 2, 2), Ok(()));
        let error = same_count("inputs", 2, 1).unwrap_err();
        assert_eq!(error.to_string(), "1 inputs given, but 2 needed");
    }
}
