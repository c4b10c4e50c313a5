//! A chunk of time on its way through the forward passes.

use crate::kernels::element::Element;
use crate::kernels::matrix::Packed;
use crate::kernels::simd::Tier;
use crate::params::Cell;
use crate::program::{Frame, Frames};

/// Steps of the forward pass: a chunk of the whole batch, or a single step of some of its rows.
pub(crate) struct Chunk<'a, C: Cell> {
    /// Inputs `[steps * batch, x]`.
    pub(crate) x: &'a [C::Scalar],
    pub(crate) states: States<'a, C::Scalar>,
    /// `[steps * batch, tape]`
    pub(crate) tape: &'a mut [C::Scalar],
    /// `[steps * batch, acc]`
    pub(crate) acc: &'a mut [C::Scalar],
    /// `[steps * batch, tmp]`
    pub(crate) tmp: &'a mut [C::Scalar],
    /// `[steps * batch, y]`
    pub(crate) y: &'a mut [C::Scalar],
    pub(crate) packs: &'a [Packed<C::Scalar>],
    pub(crate) call: &'a [C::Scalar],
    pub(crate) steps: usize,
    pub(crate) batch: usize,
    /// Whether steps take the products of inputs and states together.
    pub(crate) joined: bool,
}

/// Where the states of a chunk are.
pub(crate) enum States<'a, E> {
    /// `[(steps + 1) * batch, state]`: those after a step are those before the next one.
    Run(&'a mut [E]),
    /// Those before a single step and those after it, `[batch, state]` each.
    Pair(&'a [E], &'a mut [E]),
}

impl<E> States<'_, E> {
    /// The states before step `t` and after it, for row length `len`.
    #[inline(always)]
    fn around(&mut self, t: usize, len: usize) -> (&[E], &mut [E]) {
        match self {
            States::Run(rows) => {
                let (prev, next) = rows[t * len..].split_at_mut(len);
                (prev, next)
            }
            States::Pair(prev, next) => (prev, next),
        }
    }

    /// The states before all steps and after all of them, if `len` is the length of a step's.
    #[inline(always)]
    fn all(&self, len: usize) -> (&[E], &[E]) {
        match self {
            States::Run(rows) => (rows, &rows[len..]),
            States::Pair(prev, next) => (prev, next),
        }
    }
}

impl<C: Cell> Chunk<'_, C> {
    /// Runs on `tier`, and keeps what the backward pass needs if `keep` says so.
    pub(super) fn dispatch(self, tier: Tier, keep: bool) {
        if keep {
            <C::Scalar as Element>::dispatch(tier, Taped(self));
        } else {
            <C::Scalar as Element>::dispatch(tier, Untaped(self));
        }
    }
}

/// A chunk that keeps what the backward pass needs.
pub(super) struct Taped<'a, C: Cell>(pub(super) Chunk<'a, C>);

/// A chunk for inference.
pub(super) struct Untaped<'a, C: Cell>(pub(super) Chunk<'a, C>);

/// Its frames, made of what it has, field by field: a loop over all buffers would take its time to
/// compile, once for each cell.
impl<C: Cell> Chunk<'_, C> {
    #[inline(always)]
    fn rows(&mut self) -> Frame<'_, C::Scalar> {
        let Chunk { x, states, tape, acc, tmp, y, packs, call, steps, batch, joined } = self;
        let mut frame = Frame::new(*steps * *batch, *joined, packs);
        (frame.read.x, frame.read.call) = (x, call);
        (frame.read.prev, frame.read.next) = states.all(*batch * C::LAYOUT.rows.prev);
        (frame.write.tape, frame.write.acc) = (tape, acc);
        (frame.write.tmp, frame.write.y) = (tmp, y);
        frame
    }

    #[inline(always)]
    fn step(&mut self, t: usize) -> Frame<'_, C::Scalar> {
        let Chunk { x, states, tape, acc, tmp, y, packs, call, batch, joined, .. } = self;
        let (lens, batch) = (const { C::LAYOUT.rows }, *batch);
        // Results that no other step reads stay in the cache if all steps use the same memory.
        let acc_step = if *joined && C::LAYOUT.acc_in_step { 0 } else { batch * lens.acc };
        let row = t * batch;
        let mut frame = Frame::new(batch, *joined, packs);
        (frame.read.x, frame.read.call) = (&x[row * lens.x..], &**call);
        (frame.read.prev, frame.write.next) = states.around(t, batch * lens.prev);
        frame.write.tape = &mut tape[row * lens.tape..];
        frame.write.acc = &mut acc[t * acc_step..];
        frame.write.tmp = &mut tmp[row * lens.tmp..];
        frame.write.y = &mut y[row * lens.y..];
        frame
    }
}

/// A chunk on its way through the forward passes. The frame of all its rows, made once a pass, may
/// be a call, which takes less time to compile than a copy for each tier.
pub(super) struct Forward<'a, C: Cell>(pub(super) Chunk<'a, C>);

impl<C: Cell> Frames<C::Scalar> for Forward<'_, C> {
    #[inline]
    fn steps(&self) -> usize {
        self.0.steps
    }

    #[inline]
    fn rows(&mut self) -> Frame<'_, C::Scalar> {
        self.0.rows()
    }

    #[inline(always)]
    fn step(&mut self, index: usize) -> Frame<'_, C::Scalar> {
        self.0.step(index)
    }
}
