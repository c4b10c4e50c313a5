//! Gradients of parameters: sums over all rows of all chunks, taken for whole groups of matrices.
//!
//! Adjoints of stacked products stand side by side, so the gradients of all matrices between one
//! operand and such a run of adjoints are one sum of outer products, with vectors over the run
//! however short each matrix is; runs over the same adjoints share a pass over them. The chunks add
//! to these sums; after the last one the rectangles go to the gradients of their parameters.

use std::collections::BTreeMap;

use super::place::{Allocator, Buf, Place};
use super::{ColumnSum, Outer, Scatter, Sink, Stage};
use crate::graph::MatrixRef;

/// The gradient of a matrix as one outer product.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    pub(crate) matrix: MatrixRef,
    pub(crate) operand: Place,
    pub(crate) operand_len: usize,
    pub(crate) adjoint: Place,
    pub(crate) adjoint_len: usize,
    /// Whether the adjoint belongs to the rows of the matrix.
    pub(crate) rows: bool,
}

/// The gradient of a vector as a sum over the rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vector {
    pub(crate) param: usize,
    pub(crate) from: Place,
    pub(crate) len: usize,
}

/// What each chunk does, and what is done after the last one.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    pub(crate) chunk: Vec<Stage>,
    pub(crate) last: Vec<Stage>,
}

/// Sums of outer products for matrices.
pub(crate) fn matrices(terms: &[Term], alloc: &mut Allocator) -> Stages {
    let mut stages = Stages::default();
    for (adjoints, runs) in by_adjoints(terms) {
        let last = runs[0][runs[0].len() - 1];
        let n = last.adjoint.offset + last.adjoint_len - adjoints.offset;
        let stride = alloc.stride(n);
        let operands: Vec<(Place, usize)> =
            runs.iter().map(|run| (run[0].operand, run[0].operand_len)).collect();
        let into = alloc.slot(Buf::Sums, operands.iter().map(|(_, len)| len * stride).sum());
        let mut row = into;
        for run in &runs {
            for term in run {
                let from = row.shift(term.adjoint.offset - adjoints.offset);
                let (matrix, transposed) = (term.matrix, term.rows);
                stages.last.push(Stage::Scatter(Scatter { matrix, from, stride, transposed }));
            }
            row = row.shift(run[0].operand_len * stride);
        }
        let matrices = runs.iter().flatten().map(|term| term.matrix).collect();
        let outer = Outer { operands, adjoints, n, into, stride, matrices };
        stages.chunk.push(Stage::Outer(outer));
    }
    stages
}

/// Runs of terms with one operand and neighbouring adjoints, grouped by the adjoints they cover.
fn by_adjoints(terms: &[Term]) -> Vec<(Place, Vec<Vec<Term>>)> {
    let mut by_operand: BTreeMap<(Place, usize), Vec<Term>> = BTreeMap::new();
    for term in terms {
        by_operand.entry((term.operand, term.operand_len)).or_default().push(*term);
    }
    let mut groups: BTreeMap<(Place, usize), Vec<Vec<Term>>> = BTreeMap::new();
    for (_, mut terms) in by_operand {
        terms.sort_by_key(|term| term.adjoint);
        let next = |a: &Term, b: &Term| a.adjoint.shift(a.adjoint_len) == b.adjoint;
        for run in terms.chunk_by(next) {
            let n = run.iter().map(|term| term.adjoint_len).sum();
            groups.entry((run[0].adjoint, n)).or_default().push(run.to_vec());
        }
    }
    groups.into_iter().map(|((place, _), runs)| (place, runs)).collect()
}

/// Sums for vectors: one for all parameters with the same gradient, and those that stand side by
/// side in one.
pub(crate) fn vectors(vectors: &[Vector], alloc: &mut Allocator) -> Stages {
    let mut params: BTreeMap<(Place, usize), Vec<usize>> = BTreeMap::new();
    for vector in vectors {
        params.entry((vector.from, vector.len)).or_default().push(vector.param);
    }
    let sorted: Vec<_> = params.into_iter().collect();
    let mut stages = Stages::default();
    for run in sorted.chunk_by(|((a, len), _), ((b, _), _)| a.shift(*len) == *b) {
        let len = run.iter().map(|((_, len), _)| len).sum();
        let mut place = alloc.slot(Buf::Sums, len);
        let sum = ColumnSum { from: run[0].0.0, len, into: Sink::Sums(place) };
        stages.chunk.push(Stage::ColumnSum(sum));
        for ((_, len), params) in run {
            for &param in params {
                let sum = ColumnSum { from: place, len: *len, into: Sink::Param(param) };
                stages.last.push(Stage::ColumnSum(sum));
            }
            place = place.shift(*len);
        }
    }
    stages
}
