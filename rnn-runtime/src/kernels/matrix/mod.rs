//! Products with packed weights, their transposes for gradients, and aligned storage.
//!
//! ```text
//! parameters --pack--> Packed --product--> results    forwards, and adjoints of operands backwards
//! adjoints, operands --rank_update, column_sum--> sums --add_transposed--> gradients of parameters
//! ```
//!
//! The kernels are generic over the token of a tier and compiled once for each tier and element,
//! here and not in the crates that call them: `kernels` has the entries, `tile`, `row`, `update`
//! and `sum` the loops, `shapes` their sizes. Every entry checks its bounds once; inside, pointers.

mod aligned;
mod bands;
mod copy;
mod dot;
mod format;
mod halves;
mod kernels;
mod pack;
mod product;
mod row;
mod scatter;
mod shapes;
mod small;
mod sum;
mod tile;
mod update;
mod vectors;

pub use aligned::Aligned;
pub use format::WeightFormat;
pub use pack::Packed;
pub use scatter::{add_rows, add_transposed};

use core::ops::Range;

use crate::kernels::element::Element;
use crate::kernels::simd::Simd;

/// Rows of a larger buffer that is only read: row `r` starts at `data[r * stride + offset]`.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a, E> {
    /// The buffer, `[rows, stride]`.
    pub data: &'a [E],
    /// Distance between rows.
    pub stride: usize,
    /// Where the operand begins inside a row.
    pub offset: usize,
}

impl<E> Rows<'_, E> {
    /// Panics unless `rows` rows of `columns` values are inside the buffer.
    #[inline(always)]
    fn check(&self, rows: usize, columns: usize, name: &str) {
        check(self.data.len(), self.stride, self.offset, rows, columns, name);
    }
}

/// Rows of a larger buffer that is written.
#[derive(Debug)]
pub struct RowsMut<'a, E> {
    /// The buffer, `[rows, stride]`.
    pub data: &'a mut [E],
    /// Distance between rows.
    pub stride: usize,
    /// Where the result begins inside a row.
    pub offset: usize,
}

impl<E> RowsMut<'_, E> {
    /// Panics unless `rows` rows of `columns` values are inside the buffer.
    #[inline(always)]
    fn check(&self, rows: usize, columns: usize, name: &str) {
        check(self.data.len(), self.stride, self.offset, rows, columns, name);
    }
}

/// Panics unless `rows > 0` rows of `columns` values, `stride` apart, end within `len` values.
#[inline(always)]
fn check(len: usize, stride: usize, offset: usize, rows: usize, columns: usize, name: &str) {
    let end = (rows - 1).saturating_mul(stride).saturating_add(offset.saturating_add(columns));
    if end > len {
        ends_outside(name, [rows, columns], end, len);
    }
}

/// Takes values, since a message that is put together in place takes addresses: each call of a
/// small product would store what it might have to print.
#[cold]
#[inline(never)]
fn ends_outside(name: &str, [rows, columns]: [usize; 2], end: usize, len: usize) -> ! {
    panic!("{name} [{rows}, {columns}] ends at {end} of {len}")
}

/// Rows that are summed over in blocks, the last one first: how they are added up, and so every bit
/// of the sum, is then the same whether the blocks come in one call or in several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks {
    /// All rows.
    pub rows: usize,
    /// Rows of a block; the last one may have fewer.
    pub block: usize,
}

impl Blocks {
    /// All rows in one block.
    pub fn one(rows: usize) -> Self {
        Blocks { rows, block: rows }
    }

    /// The rows of each block.
    fn iter(self) -> impl Iterator<Item = Range<usize>> {
        let Blocks { rows, block } = self;
        let count = rows.div_ceil(block.max(1));
        (0..count).rev().map(move |i| i * block..rows.min((i + 1) * block))
    }
}

/// The first columns of some rows: a left operand of a rank update.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a, E> {
    /// Where they are.
    pub rows: Rows<'a, E>,
    /// How many.
    pub n: usize,
}

/// One of the sums that a product adds up.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a, E> {
    /// The operand, `[rows, k]`.
    pub from: Rows<'a, E>,
    /// The matrix, `[k, n]`.
    pub packed: &'a Packed<E>,
}

/// What the accumulators of a product begin with.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a, E> {
    /// Zeros.
    Zero,
    /// This row, the same for all rows of the result (a bias); at least as long as the result
    /// rounded up to whole vectors.
    Row(&'a [E]),
    /// What the result holds already.
    Keep,
}

/// Which parameter matrices make up one packed matrix `[k, n]`: `result[n] = sum over k of
/// source[k] * packed[k, n]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PackPlan {
    /// Length of the source.
    pub k: usize,
    /// Length of the result.
    pub n: usize,
    /// Whether each step waits for its results, as for those from the state before: short sums are
    /// then added up in two halves.
    pub waits: bool,
    /// The parts, which do not overlap; what no part covers is zero.
    pub parts: &'static [PackPart],
}

/// A rectangle of a parameter matrix and its place in the packed one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PackPart {
    /// Index of the rectangle's first value in the flat parameter buffer.
    pub from: usize,
    /// Distance between rows of the parameter matrix.
    pub stride: usize,
    /// First source index it takes part in.
    pub k_at: usize,
    /// First result index it takes part in.
    pub n_at: usize,
    /// Number of source indices.
    pub k: usize,
    /// Number of result indices.
    pub n: usize,
    /// False: `packed[k, n] = param[n, k]`, the product `W @ v`. True:
    /// `packed[k, n] = param[k, n]`, the product with the transpose.
    pub transposed: bool,
    /// What each value is multiplied by.
    pub factor: f64,
}

/// The products a tier offers. All panic when a size does not fit a buffer, which is a fault of the
/// calling code.
pub trait Kernels<E: Element>: Simd<E> {
    /// Most results for which [`product_row`](Kernels::product_row) is meant, where there may be
    /// any number of rows, and where there is always one.
    const ROW_RESULTS: [usize; 2];

    /// Packs `plan` from the flat parameters, reusing the memory of `into`.
    fn pack(self, plan: &PackPlan, flat: &[E], into: &mut Packed<E>);

    /// `into[r, n] = start + sum over k of from[r, k] * packed[k, n]` for `rows` rows, summed over
    /// one or two sources `(from, packed)` with results of one length. Writes whole vectors: up to
    /// `MAX_LANES - 1` values after the result's `n` are overwritten.
    ///
    /// Each result is a single chain of multiply-adds, from `start` on in ascending `k`, source
    /// after source. The second half of a source that is packed in [halves](Packed::halves) is a
    /// chain of its own from zero, which is added; if there is only one result, each source is
    /// summed lane by lane, and added. So its bits depend neither on the number of rows nor on the
    /// place among them, and a product with two sources has those of two calls, the second with
    /// [`Start::Keep`].
    fn product(
        self,
        rows: usize,
        sources: &[Source<'_, E>],
        into: RowsMut<'_, E>,
        start: Start<'_, E>,
    );

    /// [`product`](Kernels::product) of one row to `N` results from one or two sources of `K` and
    /// `L` values, with the same bits. Compiled into the caller: a call, and loops that do not know
    /// their ends, cost a small cell as much as its arithmetic. `WAITS` is that of the plan of the
    /// last source. False, and nothing is done, if the weights are not those of such plans in full
    /// width, or the results too many.
    fn product_row<const N: usize, const K: usize, const L: usize, const WAITS: bool>(
        self,
        sources: &[Source<'_, E>],
        into: RowsMut<'_, E>,
        start: Start<'_, E>,
    ) -> bool;

    /// `into[i * stride + j] += sum over r of left[r, i] * right[r, j]` for `j < k`, where `i`
    /// counts the columns of all of `lefts`: the gradients of matrices, transposed, from the
    /// operands of their products and the adjoints of the results side by side. Writes nothing
    /// else. `scratch` is kept from call to call for copies of the operands.
    ///
    /// The rows of a block are summed from zero in ascending order, in even parts of at most 256,
    /// and the sum of each is added to `into`: long sums keep more of their digits than a single
    /// chain would.
    #[expect(
        clippy::too_many_arguments,
        reason = "two operands, their sizes, and where the result goes"
    )]
    fn rank_update(
        self,
        rows: Blocks,
        lefts: &[Columns<'_, E>],
        right: Rows<'_, E>,
        k: usize,
        into: &mut [E],
        stride: usize,
        scratch: &mut Aligned<E>,
    );

    /// `into[i] += sum over r of from[r, i]` for `i < n`, each block summed from zero in ascending
    /// order.
    fn column_sum(self, rows: Blocks, from: Rows<'_, E>, n: usize, into: &mut [E]);
}
