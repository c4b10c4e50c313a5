//! Parameters in the form the kernels read: packed matrices, and all that is computed from them
//! once a call.

use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::declaration::graph::WeightFormat;
use crate::kernels::Kernel;
use crate::kernels::element::Element;
use crate::kernels::matrix::{Aligned, Kernels, Packed};
use crate::kernels::simd::Tier;
use crate::params::{Cell, ParamSlice, Version};
use crate::program::{Frame, Layout};
use crate::run::sequence::Driver as _;

/// The packed parameters of a cell, renewed when the parameters have changed.
#[derive(Debug, Clone)]
pub(crate) struct Weights<C: Cell> {
    pub(crate) packs: Vec<Packed<C::Scalar>>,
    pub(crate) call: Aligned<C::Scalar>,
    /// Version of the parameters of the forward matrices, which are in this format; none if they
    /// must be packed anew.
    forward: Option<(Version, WeightFormat)>,
    /// Version of the parameters of the backward ones.
    backward: Option<Version>,
}

impl<C: Cell> Weights<C> {
    pub(crate) fn new() -> Self {
        let (packs, call) = C::Scalar::unpacked(&C::LAYOUT);
        Weights { packs, call, forward: None, backward: None }
    }

    /// Brings everything the forward pass reads up to date, for inference or for training.
    pub(crate) fn load(&mut self, tier: Tier, params: ParamSlice<'_, C>, train: bool) {
        let format = if train { WeightFormat::Full } else { C::GRAPH.weights };
        let version = params.version().map(|version| (version, format));
        if version.is_some() && self.forward == version {
            return;
        }
        let packs = 0..C::LAYOUT.forward_packs;
        let flat = params.as_slice();
        <C::Scalar as Element>::dispatch(tier, Load { weights: self, flat, packs, call: true });
        let packs = &mut self.packs[..C::LAYOUT.forward_packs];
        packs.iter_mut().for_each(|pack| pack.narrow(format));
        self.forward = version;
    }

    /// Brings everything up to date that the backward pass reads besides what the recorded run of
    /// the same parameters has loaded.
    pub(crate) fn load_backward(&mut self, tier: Tier, params: ParamSlice<'_, C>) {
        let version = params.version();
        if version.is_some() && self.backward == version {
            return;
        }
        let packs = C::LAYOUT.forward_packs..C::LAYOUT.packs.len();
        let flat = params.as_slice();
        <C::Scalar as Element>::dispatch(tier, Load { weights: self, flat, packs, call: false });
        self.backward = version;
    }
}

/// The matrices before anything is packed, and zeros for what is computed once a call.
pub(crate) fn unpacked<E: Element>(layout: &Layout) -> (Vec<Packed<E>>, Aligned<E>) {
    let mut packs = Vec::new();
    packs.resize_with(layout.packs.len(), Packed::default);
    (packs, Aligned::zeroed(layout.rows.call))
}

struct Load<'a, C: Cell> {
    weights: &'a mut Weights<C>,
    flat: &'a [C::Scalar],
    packs: core::ops::Range<usize>,
    call: bool,
}

impl<C: Cell> Kernel<C::Scalar> for Load<'_, C> {
    type Output = ();

    const FLUSHES: bool = true;

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        let flat = self.flat;
        for pack in self.packs {
            simd.pack(&C::LAYOUT.packs[pack], flat, &mut self.weights.packs[pack]);
        }
        if self.call {
            for &(from, to, len, factor) in C::LAYOUT.copies {
                let factor = C::Scalar::from_f64(factor);
                let into = self.weights.call[to..to + len].iter_mut();
                into.zip(&flat[from..from + len]).for_each(|(to, from)| *to = *from * factor);
            }
            let mut frame = Frame::new(1, true, &[]);
            frame.write.call = &mut self.weights.call;
            C::call(simd, &mut frame);
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
        let mut frame = Frame::new(1, true, &[]);
        (frame.read.call, frame.read.sums) = (call, sums);
        (frame.write.back_call, frame.write.grads) = (back_call, grads);
        C::back_call(simd, &mut frame);
    }
}
