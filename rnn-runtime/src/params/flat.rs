//! The buffer of a cell's own parameters, and what tells whether values have changed.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::{ParamSlice, ParamSliceMut};
use crate::kernels::element::Element;
use crate::params::Cell;

/// A flat buffer that knows whether it changed: packed copies are renewed when its version differs.
#[derive(Debug, Clone)]
pub struct Flat<E> {
    values: Vec<E>,
    version: Option<Version>,
}

/// What tells packed copies whether the values that they were made of are still the same: equal
/// versions mean equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// Of the buffer of a cell: no two changes share one.
    Change(usize),
    /// Of a slice at this address, which its owner says has not changed.
    Told { address: usize, version: u64 },
    /// Of a slice at this address that nobody can change.
    Constant { address: usize },
}

impl<E: Element> Flat<E> {
    /// Wraps `values`.
    pub fn new(values: Vec<E>) -> Self {
        Flat { values, version: fresh() }
    }

    /// The values.
    pub fn values(&self) -> &[E] {
        &self.values
    }

    /// The values, to be changed: the buffer counts as different from now on.
    pub fn values_mut(&mut self) -> &mut [E] {
        self.version = fresh();
        &mut self.values
    }

    /// The values as the parameters of `C`, with their version.
    pub fn slice<C: Cell<Scalar = E>>(&self) -> ParamSlice<'_, C> {
        ParamSlice::of(&self.values, self.version)
    }

    /// The values as the parameters of `C`, to be changed: the buffer counts as different from now
    /// on.
    pub fn slice_mut<C: Cell<Scalar = E>>(&mut self) -> ParamSliceMut<'_, C> {
        ParamSliceMut::of(self.values_mut())
    }
}

/// A version that no buffer has had; none once they are used up, which takes more than 2^31 changes
/// on a machine of 32 bits: values without a version are packed for every run.
fn fresh() -> Option<Version> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let counted =
        NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1));
    counted.ok().map(Version::Change)
}
