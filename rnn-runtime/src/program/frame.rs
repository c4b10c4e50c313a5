//! What a stage gets: the rows of the buffers that its pass reads, and of those that it writes.

use super::Buffers;
use crate::kernels::matrix::{Aligned, Blocks, Packed};

/// Rows of buffers. Those that a pass does not have are empty.
#[derive(Debug)]
pub struct Frame<'a, E> {
    /// How many rows: those of one step, of a chunk, or one where something is computed once a
    /// call.
    pub rows: usize,
    /// The chunks that the rows belong to, for sums over them.
    pub blocks: Blocks,
    /// Whether steps take the products of inputs and states together.
    pub joined: bool,
    /// What is read, each from the first row on.
    pub read: Buffers<&'a [E]>,
    /// What is written, each from the first row on.
    pub write: Buffers<&'a mut [E]>,
    /// Packed weights.
    pub packs: &'a [Packed<E>],
    /// Room for copies of operands of sums over rows.
    pub scratch: Option<&'a mut Aligned<E>>,
}

impl<'a, E> Frame<'a, E> {
    /// `rows` rows of no buffer.
    #[inline(always)]
    pub(crate) fn new(rows: usize, joined: bool, packs: &'a [Packed<E>]) -> Self {
        let (read, write) = (Buffers::NONE, Buffers::NONE_MUT);
        Frame { rows, blocks: Blocks::one(rows), joined, read, write, packs, scratch: None }
    }
}
