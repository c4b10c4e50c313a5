//! The parameters of a cell: one flat buffer, named views, the same type for gradients.

use alloc::{vec, vec::Vec};

use num_traits::Zero;

use crate::element::Element;
use crate::graph::CellGraph;
use crate::program::Program;

/// A cell declared with [`cell!`](crate::cell): its type is the set of its parameters.
///
/// A value is one flat buffer (`as_slice`) in the order of [`CellGraph::params`]; a gradient is a value of the
/// same type. Optimisers, clipping and checkpoints need the slice only and know nothing of cells.
pub trait Cell: Program + Clone + Send + Sync + 'static {
    /// What the declaration says, for inspection and for the interpreter.
    const GRAPH: &'static CellGraph;

    /// Wraps a flat buffer of the right length.
    #[doc(hidden)]
    fn from_flat(flat: Flat<Self::Scalar>) -> Self;

    /// The flat buffer.
    #[doc(hidden)]
    fn flat(&self) -> &Flat<Self::Scalar>;

    /// The flat buffer.
    #[doc(hidden)]
    fn flat_mut(&mut self) -> &mut Flat<Self::Scalar>;

    /// All parameters zero: the start of a gradient.
    fn zeros() -> Self {
        Self::from_flat(Flat::new(vec![Self::Scalar::zero(); Self::GRAPH.param_len()]))
    }

    /// All parameters in the order of [`CellGraph::params`].
    fn as_slice(&self) -> &[Self::Scalar] {
        self.flat().values()
    }

    /// All parameters, to be changed.
    fn as_mut_slice(&mut self) -> &mut [Self::Scalar] {
        self.flat_mut().values_mut()
    }
}

/// A flat buffer that knows whether it changed: packed copies are renewed when the stamp differs.
#[derive(Debug, Clone)]
pub struct Flat<E> {
    values: Vec<E>,
    stamp: u64,
}

impl<E: Element> Flat<E> {
    /// Wraps `values`.
    pub fn new(values: Vec<E>) -> Self {
        Flat { values, stamp: fresh_stamp() }
    }

    /// The values.
    pub fn values(&self) -> &[E] {
        &self.values
    }

    /// The values, to be changed: the buffer counts as different from now on.
    pub fn values_mut(&mut self) -> &mut [E] {
        self.stamp = fresh_stamp();
        &mut self.values
    }

    /// Equal stamps mean equal values; no two changes share one.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }
}

fn fresh_stamp() -> u64 {
    use core::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
