//! Which tile shapes a tier has: the tables from which the drivers choose.
//!
//! Accumulators, one row of a panel and one value of the source must fit the registers, of which
//! there are 32 (`wide`) or 16 (`narrow`), with one to spare. The innermost loops are called
//! through these tables and so remain functions of their own: inlined into one they take minutes to
//! compile.

use super::row::Pass;
use super::tile::Tile;
use super::update::Update;
use crate::kernels::element::Element;
use crate::kernels::simd::Machine;

/// Functions by two sizes; rows need not be equally long.
pub(super) type Table<F> = &'static [&'static [F]];

/// Loops over one row.
pub(super) type Passes<S, E> = Table<unsafe fn(S, Pass<E>)>;

/// The innermost loops of a tier, by shape. Each entry demands what the function in it demands:
/// [`tile`](super::tile::tile), [`pass`](super::row::pass) or [`update`](super::update::update).
pub(super) trait Shapes<E: Element>: Machine<E> {
    /// `TILES[v - 1][r - 1]` computes `r` rows of `v` vectors. Panels of packed matrices are as
    /// wide as the widest tile.
    const TILES: Table<unsafe fn(Self, Tile<E>)>;

    /// `PASSES[f][p][v]` computes one row of `p` full panels and `v` vectors of a last one, of
    /// weights in format `f`: as they are, `f16`, `bf16`. There are none of half an `f64`.
    const PASSES: [Passes<Self, E>; 3];

    /// `UPDATES[v - 1][p]` computes `p` pairs of columns, for `p = 0` a single one, times `v`
    /// vectors.
    const UPDATES: Table<unsafe fn(Self, Update<E>)>;

    /// Vectors in a full panel of a packed matrix.
    const PANEL: usize = Self::TILES.len();
}

/// Tables of functions that are generic over a shape, for [`Shapes`].
macro_rules! shapes {
    (tiles wide $run:ident) => {
        &[
            shapes!($run 1: 1 2 3 4 5 6 7 8),
            shapes!($run 2: 1 2 3 4 5 6 7 8 9 10 11),
            shapes!($run 3: 1 2 3 4 5 6 7 8),
            shapes!($run 4: 1 2 3 4 5 6),
        ]
    };
    (tiles narrow $run:ident) => {
        &[shapes!($run 1: 1 2 3 4 5 6 7 8), shapes!($run 2: 1 2 3 4 5 6)]
    };
    (tiles scalar $run:ident) => {
        &[shapes!($run 1: 1 2 3 4), shapes!($run 2: 1 2 3 4)]
    };
    (all_passes f32 $registers:ident $run:ident) => {
        [
            shapes!(passes $registers $run Full),
            shapes!(passes $registers $run Half<false>),
            shapes!(passes $registers $run Half<true>),
        ]
    };
    (all_passes f64 $registers:ident $run:ident) => {
        [shapes!(passes $registers $run Full), &[], &[]]
    };
    (passes wide $run:ident $format:ty) => {
        &[
            shapes!(pass $run $format, 0 4: 0 1 2 3),
            shapes!(pass $run $format, 1 4: 0 1 2 3),
            shapes!(pass $run $format, 2 4: 0 1 2 3),
            shapes!(pass $run $format, 3 4: 0 1 2 3),
            shapes!(pass $run $format, 4 4: 0),
        ]
    };
    (passes narrow $run:ident $format:ty) => {
        &[
            shapes!(pass $run $format, 0 2: 0 1),
            shapes!(pass $run $format, 1 2: 0 1),
            shapes!(pass $run $format, 2 2: 0 1),
            shapes!(pass $run $format, 3 2: 0 1),
            shapes!(pass $run $format, 4 2: 0 1),
            shapes!(pass $run $format, 5 2: 0 1),
            shapes!(pass $run $format, 6 2: 0),
        ]
    };
    (passes scalar $run:ident $format:ty) => {
        &[
            shapes!(pass $run $format, 0 2: 0 1),
            shapes!(pass $run $format, 1 2: 0 1),
            shapes!(pass $run $format, 2 2: 0 1),
            shapes!(pass $run $format, 3 2: 0),
        ]
    };
    (updates wide $run:ident) => {
        &[shapes!($run 1: 1 2 4 6 8), shapes!($run 2: 1 2 4 6 8 10 12 14)]
    };
    (updates narrow $run:ident) => {
        &[shapes!($run 1: 1 2 4 6 8), shapes!($run 2: 1 2 4 6)]
    };
    (updates scalar $run:ident) => {
        &[shapes!($run 1: 1 2 4), shapes!($run 2: 1 2 4)]
    };
    (pass $run:ident $format:ty, $panels:literal $full:literal: $($rest:literal)*) => {
        &[$($run::<$format, $panels, $full, $rest>),*]
    };
    ($run:ident $vectors:literal: $($rows:literal)*) => {
        &[$($run::<$rows, $vectors>),*]
    };
}

pub(super) use shapes;
