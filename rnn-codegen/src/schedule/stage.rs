//! What can be read off a stage: what it reads and writes, and how large it is.

use super::place::{Allocator, Place};
use super::{Joint, Lanes, Outer, Product, Scatter, Sink, Source, Stage, Start, Store};

impl Stage {
    /// The places that it reads, once loops have their loads.
    pub(crate) fn reads(&self) -> Vec<Place> {
        match self {
            Stage::Lanes(loops) => loops.iter().flat_map(Lanes::reads).collect(),
            Stage::Product(product) => product.reads(),
            Stage::Outer(Outer { operands, adjoints, .. }) => {
                operands.iter().map(|&(place, _)| place).chain([*adjoints]).collect()
            }
            Stage::ColumnSum(sum) => vec![sum.from],
            Stage::Scatter(scatter) => vec![scatter.from],
        }
    }

    /// The places that it writes, or adds to. Gradients are none.
    pub(crate) fn writes(&self) -> Vec<Place> {
        match self {
            Stage::Lanes(loops) => loops.iter().flat_map(Lanes::writes).collect(),
            Stage::Product(product) => vec![product.into],
            Stage::Outer(outer) => vec![outer.into],
            Stage::ColumnSum(sum) => match sum.into {
                Sink::BackCall(place) | Sink::Sums(place) => vec![place],
                Sink::Param(_) => Vec::new(),
            },
            Stage::Scatter(_) => Vec::new(),
        }
    }
}

impl Lanes {
    pub(crate) fn reads(&self) -> impl Iterator<Item = Place> {
        self.loads.iter().filter_map(|load| load.from)
    }

    pub(crate) fn writes(&self) -> impl Iterator<Item = Place> {
        self.stores.iter().map(|store| store.place)
    }
}

impl Store {
    /// How many values it writes where the value has `len`.
    pub(crate) fn written(&self, len: usize, alloc: &Allocator) -> usize {
        if self.masked { len } else { alloc.padded(len) }
    }
}

impl Product {
    fn reads(&self) -> Vec<Place> {
        let (head, start) = match self.joint {
            Joint::Tail(head, start) => (Some(head.from), Some(start)),
            Joint::None | Joint::Head => (None, None),
        };
        let begin = start.into_iter().chain([self.start]).filter_map(|start| match start {
            Start::Zero => None,
            Start::Row(place) => Some(place),
            Start::Keep => Some(self.into),
        });
        head.into_iter().chain([self.source.from]).chain(begin).collect()
    }

    /// What it multiplies and begins with, where steps take products in one (`joined`) or each by
    /// itself; `None` if it is left to another one.
    pub(crate) fn taken(&self, joined: bool) -> Option<(Vec<Source>, Start)> {
        match self.joint {
            Joint::Head if joined => None,
            Joint::Tail(head, start) if joined => Some((vec![head, self.source], start)),
            Joint::Head | Joint::Tail(..) | Joint::None => Some((vec![self.source], self.start)),
        }
    }

    /// How many values it writes: a single result alone, others as whole vectors.
    pub(crate) fn written(&self, alloc: &Allocator) -> usize {
        if self.n == 1 { 1 } else { alloc.padded(self.n) }
    }
}

impl Outer {
    /// Rows of the result.
    pub(crate) fn rows(&self) -> usize {
        self.operands.iter().map(|(_, len)| len).sum()
    }
}

impl Scatter {
    /// Rows and columns in the result of the [`Outer`].
    pub(crate) fn extent(&self) -> (usize, usize) {
        let (rows, columns) = (self.matrix.rows, self.matrix.columns);
        if self.transposed { (columns, rows) } else { (rows, columns) }
    }
}
