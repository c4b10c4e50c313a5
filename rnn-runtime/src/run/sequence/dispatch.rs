//! What a tier's kernels of a cell do: the passes over a chunk, or over steps backwards.
//!
//! The implementations stand apart from their types because LLVM, where nothing is optimised,
//! inlines functions in the order of their symbols: those of this module come before those of most
//! crates, so that what only calls is inlined before what is called, and nothing large is copied
//! twice.

use super::chunk::{Forward, Taped, Untaped};
use super::steps::{Backward, Steps};
use crate::kernels::Kernel;
use crate::kernels::matrix::Kernels;
use crate::params::Cell;

impl<C: Cell> Kernel<C::Scalar> for Taped<'_, C> {
    type Output = ();

    const FLUSHES: bool = true;

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        C::forward::<S, true, false, _>(simd, &mut Forward(self.0));
    }
}

impl<C: Cell> Kernel<C::Scalar> for Untaped<'_, C> {
    type Output = ();

    const FLUSHES: bool = true;

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        C::forward::<S, false, false, _>(simd, &mut Forward(self.0));
    }
}

impl<C: Cell> Kernel<C::Scalar> for Steps<'_, C> {
    type Output = ();

    const FLUSHES: bool = true;

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        C::backward(simd, &mut Backward(self));
    }
}
