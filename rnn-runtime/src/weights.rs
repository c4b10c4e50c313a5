//! Parameters in the form the kernels read: packed matrices, and all that is computed from them
//! once a call.

use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::element::Element;
use crate::graph::WeightFormat;
use crate::matrix::{Aligned, Kernels, Packed};
use crate::params::Cell;
use crate::program::{BackCallFrame, CallFrame, Layout};
use crate::sequence::Driver as _;
use crate::simd::{Kernel, Tier};

/// The packed parameters of a cell, renewed when the parameters have changed.
#[derive(Debug, Clone)]
pub(crate) struct Weights<C: Cell> {
    pub(crate) packs: Vec<Packed<C::Scalar>>,
    pub(crate) call: Aligned<C::Scalar>,
    /// Stamp of the parameters of the forward matrices, which are in this format.
    forward: Option<(u64, WeightFormat)>,
    /// Stamp of the parameters of the backward ones.
    backward: Option<u64>,
}

impl<C: Cell> Weights<C> {
    pub(crate) fn new() -> Self {
        let (packs, call) = C::Scalar::no_weights(&C::LAYOUT);
        Weights { packs, call, forward: None, backward: None }
    }

    /// Brings everything the forward pass reads up to date, for inference or for training.
    pub(crate) fn load(&mut self, tier: Tier, cell: &C, train: bool) {
        let format = if train { WeightFormat::Full } else { C::GRAPH.weights };
        let stamp = Some((cell.flat().stamp(), format));
        if self.forward != stamp {
            let packs = 0..C::LAYOUT.forward_packs;
            <C::Scalar as Element>::dispatch(tier, Load { weights: self, cell, packs, call: true });
            let packs = &mut self.packs[..C::LAYOUT.forward_packs];
            packs.iter_mut().for_each(|pack| pack.narrow(format));
            self.forward = stamp;
        }
    }

    /// Brings everything the backward pass reads besides up to date.
    pub(crate) fn load_backward(&mut self, tier: Tier, cell: &C) {
        self.load(tier, cell, true);
        let stamp = Some(cell.flat().stamp());
        if self.backward != stamp {
            let packs = C::LAYOUT.forward_packs..C::LAYOUT.packs.len();
            <C::Scalar as Element>::dispatch(
                tier,
                Load { weights: self, cell, packs, call: false },
            );
            self.backward = stamp;
        }
    }
}

/// Memory for the packed matrices, and for what is computed once a call.
pub(crate) fn no_weights<E: Element>(layout: &Layout) -> (Vec<Packed<E>>, Aligned<E>) {
    let mut packs = Vec::new();
    packs.resize_with(layout.packs.len(), Packed::default);
    (packs, Aligned::zeroed(layout.call))
}

struct Load<'a, C: Cell> {
    weights: &'a mut Weights<C>,
    cell: &'a C,
    packs: core::ops::Range<usize>,
    call: bool,
}

impl<C: Cell> Kernel<C::Scalar> for Load<'_, C> {
    type Output = ();

    const FLUSHES: bool = true;

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        let flat = self.cell.as_slice();
        for pack in self.packs {
            simd.pack(&C::LAYOUT.packs[pack], flat, &mut self.weights.packs[pack]);
        }
        if self.call {
            for &(from, to, len) in C::LAYOUT.copies {
                self.weights.call[to..to + len].copy_from_slice(&flat[from..from + len]);
            }
            C::call(simd, &mut CallFrame { call: &mut self.weights.call });
        }
    }
}

/// Gradients from the sums of all chunks, and backward through what is computed once a call.
pub(crate) struct BackCall<'a, C: Cell> {
    pub(crate) call: &'a [C::Scalar],
    pub(crate) back_call: &'a mut [C::Scalar],
    pub(crate) sums: &'a [C::Scalar],
    pub(crate) grads: &'a mut [C::Scalar],
    pub(crate) cell: PhantomData<C>,
}

impl<C: Cell> Kernel<C::Scalar> for BackCall<'_, C> {
    type Output = ();

    const FLUSHES: bool = true;

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        let BackCall { call, back_call, sums, grads, cell: PhantomData } = self;
        C::back_call(simd, &mut BackCallFrame { call, back_call, sums, grads });
    }
}
