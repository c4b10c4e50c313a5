//! Parameters by name: views into the flat buffer that [`Cell`](crate::params::Cell) hands out.
//!
//! ```text
//! name -> ParamInfo (shape, offset) -> view of flat[offset..offset + len]
//! ```

use alloc::{string::String, vec, vec::Vec};
use core::ops::Range;

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};

use crate::declaration::graph::{CellGraph, ParamInfo, Shape};
use crate::error::Error;

impl CellGraph {
    /// The parameter called `name`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`] with all names, the nearest first.
    pub fn param(&self, name: &str) -> Result<&ParamInfo, Error> {
        self.params
            .iter()
            .find(|info| info.name == name)
            .ok_or_else(|| unknown(name, self.params.iter().map(|info| info.name)))
    }
}

impl ParamInfo {
    /// The parameter's indices in the flat buffer.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.shape.len()
    }
}

/// [`Error::UnknownName`] with the names sorted by how near they are to the one asked for.
pub(crate) fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let mut known: Vec<String> = known.map(String::from).collect();
    known.sort_by_cached_key(|other| edits(name, other));
    Error::UnknownName { name: name.into(), known }
}

/// Fewest insertions, removals and replacements that make `from` into `to` (Levenshtein 1966).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

/// Values are the parameter's own part of the flat buffer.
const LENGTH: &str = "bug in rnn-runtime: a parameter has as many values as its shape";

/// The parameter's values as a matrix.
pub(crate) fn matrix<'a, E>(info: &ParamInfo, values: &'a [E]) -> Result<ArrayView2<'a, E>, Error> {
    let Shape::Matrix(rows, columns) = info.shape else { return Err(other_shape(info, 2)) };
    Ok(ArrayView2::from_shape((rows, columns), values).expect(LENGTH))
}

/// The parameter's values as a matrix, to be changed.
pub(crate) fn matrix_mut<'a, E>(
    info: &ParamInfo,
    values: &'a mut [E],
) -> Result<ArrayViewMut2<'a, E>, Error> {
    let Shape::Matrix(rows, columns) = info.shape else { return Err(other_shape(info, 2)) };
    Ok(ArrayViewMut2::from_shape((rows, columns), values).expect(LENGTH))
}

/// The parameter's values as a vector.
pub(crate) fn vector<'a, E>(info: &ParamInfo, values: &'a [E]) -> Result<ArrayView1<'a, E>, Error> {
    let Shape::Vector(_) = info.shape else { return Err(other_shape(info, 1)) };
    Ok(ArrayView1::from(values))
}

/// The parameter's values as a vector, to be changed.
pub(crate) fn vector_mut<'a, E>(
    info: &ParamInfo,
    values: &'a mut [E],
) -> Result<ArrayViewMut1<'a, E>, Error> {
    let Shape::Vector(_) = info.shape else { return Err(other_shape(info, 1)) };
    Ok(ArrayViewMut1::from(values))
}

/// The parameter's one value.
pub(crate) fn scalar<'a, E>(info: &ParamInfo, values: &'a [E]) -> Result<&'a E, Error> {
    let Shape::Scalar = info.shape else { return Err(other_shape(info, 0)) };
    Ok(&values[0])
}

/// The parameter's one value, to be changed.
pub(crate) fn scalar_mut<'a, E>(info: &ParamInfo, values: &'a mut [E]) -> Result<&'a mut E, Error> {
    let Shape::Scalar = info.shape else { return Err(other_shape(info, 0)) };
    Ok(&mut values[0])
}

/// The error for a parameter that was asked for with `dimensions` and has another number of them.
fn other_shape(info: &ParamInfo, dimensions: usize) -> Error {
    let found = match info.shape {
        Shape::Scalar => vec![],
        Shape::Vector(len) => vec![len],
        Shape::Matrix(rows, columns) => vec![rows, columns],
    };
    Error::shape(format_args!("parameter `{}`", info.name), &vec![None; dimensions], &found)
}

/// Each parameter with its values, in the order of the flat buffer.
pub(crate) fn each<'a, E>(
    params: &'static [ParamInfo],
    flat: &'a [E],
) -> impl Iterator<Item = (&'static ParamInfo, &'a [E])> {
    params.iter().map(move |info| (info, &flat[info.range()]))
}

/// Each parameter with its values, to be changed.
pub(crate) fn each_mut<'a, E>(
    params: &'static [ParamInfo],
    flat: &'a mut [E],
) -> impl Iterator<Item = (&'static ParamInfo, &'a mut [E])> {
    let mut rest = flat;
    let mut at = 0;
    params.iter().map(move |info| {
        let (_, from) = core::mem::take(&mut rest).split_at_mut(info.offset - at);
        let (values, after) = from.split_at_mut(info.shape.len());
        rest = after;
        at = info.range().end;
        (info, values)
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::declaration::graph::Init;

    const fn param(name: &'static str, shape: Shape, offset: usize) -> ParamInfo {
        ParamInfo { name, shape, offset, init: Init::Constant(0.0), trainable: true }
    }

    static PARAMS: [ParamInfo; 4] = [
        param("i.x", Shape::Matrix(2, 3), 0),
        param("i.b", Shape::Vector(2), 6),
        param("alpha", Shape::Scalar, 8),
        param("f.x", Shape::Matrix(2, 3), 9),
    ];

    fn graph() -> CellGraph {
        CellGraph {
            name: "Test",
            equations: "",
            explanation: "",
            inputs: &[],
            states: &[],
            params: &PARAMS,
            nodes: &[],
            next: &[],
            output: 0,
            output_len: 0,
            steps: None,
            weights: crate::declaration::graph::WeightFormat::Full,
            fast: false,
        }
    }

    #[test]
    fn views_show_the_right_values() {
        let flat: Vec<f32> = (0..15_u8).map(f32::from).collect();
        let graph = graph();
        let of = |name| graph.param(name).map(|info| (info, &flat[info.range()])).unwrap();
        let (info, values) = of("f.x");
        let view = matrix(info, values).unwrap();
        assert_eq!(view.dim(), (2, 3));
        assert_eq!(view[[1, 0]], 12.0);
        let (info, values) = of("i.b");
        assert_eq!(vector(info, values).unwrap().to_vec(), [6.0, 7.0]);
        let (info, values) = of("alpha");
        assert_eq!(*scalar(info, values).unwrap(), 8.0);
    }

    #[test]
    fn a_view_of_another_shape_names_both() {
        let message = matrix(&PARAMS[1], &[0.0_f32; 2]).unwrap_err().to_string();
        assert_eq!(message, "parameter `i.b` has shape [2], but a matrix is needed");
        assert!(vector(&PARAMS[0], &[0.0_f32; 6]).is_err());
        assert!(scalar(&PARAMS[0], &[0.0_f32; 6]).is_err());
        assert!(scalar_mut(&PARAMS[1], &mut [0.0_f32; 2]).is_err());
    }

    #[test]
    fn an_unknown_name_lists_the_nearest_first() {
        let Err(Error::UnknownName { name, known }) = graph().param("f.y").map(|_| ()) else {
            panic!("`f.y` is no parameter")
        };
        assert_eq!(name, "f.y");
        assert_eq!(known, ["f.x", "i.x", "i.b", "alpha"]);
    }

    #[test]
    fn edits_counts() {
        assert_eq!(edits("", ""), 0);
        assert_eq!(edits("abc", ""), 3);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("W_h", "U_h"), 1);
    }

    #[test]
    fn each_mut_covers_the_buffer_in_order() {
        let mut flat = [0.0_f64; 15];
        for (number, (_, values)) in each_mut(&PARAMS, &mut flat).enumerate() {
            values.fill(number as f64 + 1.0);
        }
        assert_eq!(flat[..6], [1.0; 6]);
        assert_eq!(flat[6..9], [2.0, 2.0, 3.0]);
        assert_eq!(flat[9..], [4.0; 6]);
        let lengths: Vec<usize> = each(&PARAMS, &flat).map(|(_, values)| values.len()).collect();
        assert_eq!(lengths, [6, 2, 1, 6]);
    }
}
