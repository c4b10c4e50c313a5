//! Sums over rows: every gradient gets each of its terms once, and nothing else.

use super::memory::{Piece, cut, list, whole};
use super::rows::Row;
use super::{Check, ensure};
use crate::graph::{GradTerm, MatrixRef, Op};
use crate::schedule::{Buf, Outer, Place, Scatter, Sink, Stage};

/// What is added to the gradients of parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// To a rectangle the outer product of two vectors.
    Matrix(MatrixRef, Vec<Piece>, Vec<Piece>),
    /// To a vector or scalar.
    Vector(usize, Vec<Piece>),
}

/// An outer product with what its operands and adjoints are.
type Pairs<'p> = (&'p Outer, Vec<Piece>, Vec<Piece>);

/// The sums of a chunk and what is done with them in the end. The memory is that after the steps of
/// the backward pass.
pub(super) fn check(row: &mut Row<'_>) -> Check {
    let outers = chunk(row)?;
    let mut wanted = wanted(row);
    for term in last(row, &outers)? {
        let at = wanted.iter().position(|w| *w == term);
        wanted.swap_remove(at.ok_or_else(|| format!("no gradient has the term {term:?}"))?);
    }
    ensure(wanted.is_empty(), || format!("gradients lack {wanted:?}"))
}

/// What each chunk adds up, every sum in a place of its own.
fn chunk<'p>(row: &mut Row<'p>) -> Check<Vec<Pairs<'p>>> {
    let plan = row.plan;
    let mut outers = Vec::new();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for stage in &plan.sums {
        match stage {
            Stage::Outer(outer) => {
                let rows = outer.rows();
                ensure(outer.n <= outer.stride, || format!("rows at {} overlap", outer.into))?;
                fresh(row, outer.into, rows * outer.stride)?;
                taken.push((outer.into.offset, rows * outer.stride));
                let operands = outer.operands.iter();
                let operands = operands.flat_map(|&(place, len)| row.memory.read(place, len));
                let adjoints = row.memory.read(outer.adjoints, outer.n);
                outers.push((outer, operands.collect(), adjoints));
            }
            Stage::ColumnSum(sum) => {
                let found = row.memory.read(sum.from, sum.len);
                match sum.into {
                    Sink::Sums(place) => {
                        fresh(row, place, sum.len)?;
                        row.memory.write(place, found);
                        taken.push((place.offset, sum.len));
                    }
                    Sink::BackCall(place) => {
                        fresh(row, place, sum.len)?;
                        adjoint(row, place, &found)?;
                    }
                    Sink::Param(_) => return Err("gradients wait for the last chunk".into()),
                }
            }
            Stage::Lanes(_) | Stage::Product(_) | Stage::Scatter(_) => {
                return Err("only sums are taken over rows of several chunks".into());
            }
        }
    }
    taken.sort_unstable();
    let apart = taken.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0);
    ensure(apart, || format!("sums overlap: {taken:?}"))?;
    Ok(outers)
}

/// What is added to gradients after the last chunk.
fn last(row: &mut Row<'_>, outers: &[Pairs<'_>]) -> Check<Vec<Term>> {
    let plan = row.plan;
    let mut found = Vec::new();
    for stage in &plan.back_call.stages {
        match stage {
            Stage::Lanes(_) | Stage::Product(_) => row.stages(std::slice::from_ref(stage))?,
            Stage::Scatter(scatter) => found.push(rectangle(outers, scatter)?),
            Stage::ColumnSum(sum) => {
                let Sink::Param(param) = sum.into else {
                    return Err("what is left to do ends in gradients".into());
                };
                found.push(Term::Vector(param, row.memory.read(sum.from, sum.len)));
            }
            Stage::Outer(_) => return Err("outer products are sums over rows".into()),
        }
    }
    Ok(found)
}

/// That a sum has a place of its own, inside its row.
fn fresh(row: &Row<'_>, place: Place, len: usize) -> Check {
    row.inside(place, len)?;
    row.free(place, len)
}

/// The adjoint of a call-level value is summed where it is read.
fn adjoint(row: &mut Row<'_>, place: Place, found: &[Piece]) -> Check {
    let plan = row.plan;
    let graph = &plan.graph;
    let of = graph.differentiated().terms.iter().filter_map(|term| match *term {
        GradTerm::Sum { of, value } if whole(graph, value) == found => Some(of),
        _ => None,
    });
    for of in of {
        if let Some(leaf) = graph.leaf(&Op::AdjCall(of))
            && plan.back_call.homes.get(&leaf) == Some(&place)
        {
            row.given(place, leaf);
            return Ok(());
        }
    }
    Err(format!("{} is no adjoint that is read from {place}", list(found)))
}

/// The term that an [`Scatter`] adds to its matrix.
fn rectangle(outers: &[Pairs<'_>], scatter: &Scatter) -> Check<Term> {
    let Scatter { matrix, from, stride, transposed } = *scatter;
    let inside = |(outer, ..): &&Pairs<'_>| {
        let end = outer.into.offset + outer.rows() * outer.stride;
        from.buf == Buf::Sums && (outer.into.offset..end).contains(&from.offset)
    };
    let Some((outer, operands, adjoints)) = outers.iter().find(inside) else {
        return Err(format!("no outer product is at {from}"));
    };
    ensure(outer.stride == stride, || format!("rows at {from} are {} apart", outer.stride))?;
    let at = from.offset - outer.into.offset;
    let (rows, columns) = scatter.extent();
    let operand = cut(operands, at / stride, rows);
    let adjoint = cut(adjoints, at % stride, columns);
    Ok(if transposed {
        Term::Matrix(matrix, adjoint, operand)
    } else {
        Term::Matrix(matrix, operand, adjoint)
    })
}

/// What the gradients are to be made of.
fn wanted(row: &Row<'_>) -> Vec<Term> {
    let graph = &row.plan.graph;
    let backward = graph.differentiated();
    let term = |term: &GradTerm| match *term {
        GradTerm::Outer { matrix, left, right } => {
            Some(Term::Matrix(matrix, whole(graph, left), whole(graph, right)))
        }
        GradTerm::Sum { of, value } => match graph.node(of).op {
            Op::Param(param) => Some(Term::Vector(param, whole(graph, value))),
            _ => None,
        },
    };
    let call = backward.call.iter().map(|&(param, id)| Term::Vector(param, whole(graph, id)));
    backward.terms.iter().filter_map(term).chain(call).collect()
}
