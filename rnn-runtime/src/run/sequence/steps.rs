//! Steps of time on their way through the backward passes.

use crate::kernels::matrix::Packed;
use crate::params::Cell;
use crate::program::{Buffers, Frame, Frames};

/// What a segment of the backward pass reads, from its first row on.
pub(super) struct Read<'a, C: Cell> {
    /// Inputs `[rows, x]`.
    pub(super) x: &'a [C::Scalar],
    /// The tape one step earlier `[rows, tape]`
    pub(super) past: &'a [C::Scalar],
    /// `[rows, tape]`
    pub(super) tape: &'a [C::Scalar],
    /// Adjoints of the outputs `[rows, dy]`.
    pub(super) dy: &'a [C::Scalar],
    pub(super) call: &'a [C::Scalar],
    pub(super) packs: &'a [Packed<C::Scalar>],
}

impl<C: Cell> Clone for Read<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Cell> Copy for Read<'_, C> {}

impl<'a, C: Cell> Read<'a, C> {
    /// From a later row on.
    #[inline]
    pub(super) fn skip(self, rows: usize) -> Self {
        let Buffers { x, tape, dy, .. } = C::LAYOUT.rows;
        Read {
            x: &self.x[rows * x..],
            past: &self.past[rows * tape..],
            tape: &self.tape[rows * tape..],
            dy: &self.dy[rows * dy..],
            ..self
        }
    }

    /// As stages see them, from a row on.
    #[inline]
    pub(super) fn fill(&self, row: usize, into: &mut Buffers<&'a [C::Scalar]>) {
        let lens = const { C::LAYOUT.rows };
        into.x = &self.x[row * lens.x..];
        into.past = &self.past[row * lens.tape..];
        into.tape = &self.tape[row * lens.tape..];
        into.dy = &self.dy[row * lens.dy..];
        into.call = self.call;
    }
}

/// Steps of the backward pass: a segment of the whole batch, or a single step of some of its rows.
/// The adjoints of the first states are in `dnext` afterwards, in `dprev` if the number of steps is
/// odd.
pub(super) struct Steps<'a, C: Cell> {
    pub(super) read: Read<'a, C>,
    /// Adjoints of the states `[batch, state]`.
    pub(super) dnext: &'a mut [C::Scalar],
    pub(super) dprev: &'a mut [C::Scalar],
    /// `[steps * batch, dacc]`
    pub(super) dacc: &'a mut [C::Scalar],
    /// `[steps * batch, dtmp]`
    pub(super) dtmp: &'a mut [C::Scalar],
    /// `[steps * batch, dx]`
    pub(super) dx: &'a mut [C::Scalar],
    pub(super) steps: usize,
    pub(super) batch: usize,
}

/// Steps on their way through the backward passes; the adjoints of the states after a step and
/// before it take turns. Frames are made as forwards.
pub(super) struct Backward<'a, C: Cell>(pub(super) Steps<'a, C>);

impl<C: Cell> Frames<C::Scalar> for Backward<'_, C> {
    #[inline]
    fn steps(&self) -> usize {
        self.0.steps
    }

    #[inline]
    fn rows(&mut self) -> Frame<'_, C::Scalar> {
        let Steps { read, dacc, dtmp, dx, steps, batch, .. } = &mut self.0;
        let mut frame = Frame::new(*steps * *batch, true, read.packs);
        read.fill(0, &mut frame.read);
        (frame.write.dacc, frame.write.dtmp, frame.write.dx) = (dacc, dtmp, dx);
        frame
    }

    #[inline(always)]
    fn step(&mut self, index: usize) -> Frame<'_, C::Scalar> {
        let Steps { read, dnext, dprev, dacc, dtmp, dx, steps, batch } = &mut self.0;
        let lens = const { C::LAYOUT.rows };
        let row = (*steps - 1 - index) * *batch;
        let mut frame = Frame::new(*batch, true, read.packs);
        read.fill(row, &mut frame.read);
        (frame.read.dnext, frame.write.dprev) =
            if index.is_multiple_of(2) { (dnext, dprev) } else { (dprev, dnext) };
        frame.write.dacc = &mut dacc[row * lens.dacc..];
        frame.write.dtmp = &mut dtmp[row * lens.dtmp..];
        frame.write.dx = &mut dx[row * lens.dx..];
        frame
    }
}
