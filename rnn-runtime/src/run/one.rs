//! A single step of a single row, as streams take it, and the memory for it.

use num_traits::Zero as _;

use crate::kernels::Kernel;
use crate::kernels::matrix::{Aligned, Kernels, Packed};
use crate::params::Cell;
use crate::program::{Buffer, Buffers, Frame, Frames, Layout, Place};
use crate::run::weights::Weights;

/// What a stream works on: rows of the buffers one after the other, that of the states twice, and
/// the weights.
#[derive(Debug, Clone)]
pub(crate) struct Rows<C: Cell> {
    pub(crate) memory: Aligned<C::Scalar>,
    pub(crate) weights: Weights<C>,
    /// Whether the states are in the second of their two places: steps take turns.
    pub(crate) flipped: bool,
}

/// Length of [`Rows::memory`].
pub(crate) const fn len(layout: &Layout) -> usize {
    let Buffers { x, prev, tape, acc, tmp, .. } = layout.rows;
    2 * prev + x + tape + acc + tmp
}

impl<C: Cell> Rows<C> {
    /// Where the states are.
    pub(crate) fn states_at(&self) -> usize {
        if self.flipped { C::LAYOUT.rows.prev } else { 0 }
    }
}

/// A single step of a single row: compiled for that alone, for what is decided once a call costs a
/// small cell a tenth of its time.
pub(crate) struct One<'a, C: Cell> {
    pub(crate) rows: &'a mut Rows<C>,
    /// One `[I]` an input.
    pub(crate) inputs: &'a [&'a [C::Scalar]],
    /// `[O]`
    pub(crate) output: &'a mut [C::Scalar],
}

impl<C: Cell> Kernel<C::Scalar> for One<'_, C> {
    type Output = ();

    const FLUSHES: bool = true;

    #[inline(always)]
    fn run<S: Kernels<C::Scalar>>(self, simd: S) {
        let One { rows, inputs, output } = self;
        let mut local = [C::Scalar::zero(); LOCAL];
        let cut = Cut::<C>::of(rows, output, &mut local);
        debug_assert!(cut.is_some(), "memory of another cell");
        let Some(mut cut) = cut else { return };
        cut.load(inputs);
        C::forward::<S, false, true, _>(simd, &mut cut);
        cut.deliver();
        rows.flipped = !rows.flipped;
    }
}

/// Values of product results and other intermediate ones that are kept in a variable, which the
/// compiler leaves in registers where memory would have to be written.
const LOCAL: usize = 128;

/// The rows apart, each exactly as long as the cell has it: where the compiler knows all lengths,
/// no access needs a check.
struct Cut<'a, C: Cell> {
    x: &'a mut [C::Scalar],
    prev: &'a mut [C::Scalar],
    next: &'a mut [C::Scalar],
    tape: &'a mut [C::Scalar],
    acc: &'a mut [C::Scalar],
    tmp: &'a mut [C::Scalar],
    y: &'a mut [C::Scalar],
    packs: &'a [Packed<C::Scalar>],
    call: &'a [C::Scalar],
}

impl<'a, C: Cell> Cut<'a, C> {
    /// `None` if anything is shorter, which nothing made for the cell is.
    #[inline(always)]
    fn of(
        rows: &'a mut Rows<C>,
        output: &'a mut [C::Scalar],
        local: &'a mut [C::Scalar; LOCAL],
    ) -> Option<Self> {
        let Buffers { x, prev, tape, acc, tmp, call, .. } = const { C::LAYOUT.rows };
        let memory = rows.memory.get_mut(..const { len(&C::LAYOUT) })?;
        let (first, memory) = memory.split_at_mut(prev);
        let (second, memory) = memory.split_at_mut(prev);
        let (prev, next) = if rows.flipped { (second, first) } else { (first, second) };
        let (x, memory) = memory.split_at_mut(x);
        let (own, memory) = memory.split_at_mut(acc + tmp);
        let (acc, tmp) = if acc + tmp <= LOCAL {
            local[..acc + tmp].split_at_mut(acc)
        } else {
            own.split_at_mut(acc)
        };
        Some(Cut {
            x,
            prev,
            next,
            tape: memory.split_at_mut(tape).0,
            acc,
            tmp,
            y: output.get_mut(..const { C::GRAPH.output_len })?,
            packs: rows.weights.packs.get(..const { C::LAYOUT.packs.len() })?,
            call: rows.weights.call.get(..call)?,
        })
    }

    /// Takes the inputs.
    #[inline(always)]
    fn load(&mut self, inputs: &[&[C::Scalar]]) {
        let ports = C::GRAPH.inputs.iter().zip(C::LAYOUT.inputs);
        for ((port, &at), input) in ports.zip(inputs) {
            copy(input, 0, self.x.get_mut(at..), port.len);
        }
    }

    /// Copies the output to where the caller wants it, if the kernels did not write it there.
    #[inline(always)]
    fn deliver(self) {
        let Place { buffer, offset } = const { C::LAYOUT.output };
        let row: &[C::Scalar] = match buffer {
            Buffer::Y => return,
            Buffer::X => self.x,
            Buffer::Prev => self.prev,
            Buffer::Next => self.next,
            Buffer::Tape => self.tape,
            Buffer::Acc => self.acc,
            Buffer::Call => self.call,
            _ => self.tmp,
        };
        copy(row, offset, Some(self.y), const { C::GRAPH.output_len });
    }
}

impl<C: Cell> Frames<C::Scalar> for Cut<'_, C> {
    #[inline(always)]
    fn steps(&self) -> usize {
        1
    }

    #[inline(always)]
    fn rows(&mut self) -> Frame<'_, C::Scalar> {
        let Cut { x, prev, next, tape, acc, tmp, y, packs, call } = self;
        let mut frame = Frame::new(1, true, packs);
        (frame.read.x, frame.read.call) = (x, call);
        (frame.read.prev, frame.read.next) = (prev, next);
        (frame.write.tape, frame.write.acc) = (tape, acc);
        (frame.write.tmp, frame.write.y) = (tmp, y);
        frame
    }

    #[inline(always)]
    fn step(&mut self, _: usize) -> Frame<'_, C::Scalar> {
        let Cut { x, prev, next, tape, acc, tmp, y, packs, call } = self;
        let mut frame = Frame::new(1, true, packs);
        (frame.read.x, frame.read.call) = (x, call);
        (frame.read.prev, frame.write.next) = (prev, next);
        (frame.write.tape, frame.write.acc) = (tape, acc);
        (frame.write.tmp, frame.write.y) = (tmp, y);
        frame
    }
}

/// The first `len` values of `into` from those at `at`, if both have as many: a length that the
/// compiler knows is a few moves.
#[inline(always)]
fn copy<E: Copy>(from: &[E], at: usize, into: Option<&mut [E]>, len: usize) {
    let from = from.get(at..).and_then(|from| from.get(..len));
    let into = into.and_then(|into| into.get_mut(..len));
    match (from, into) {
        // As a number, and not as the bytes of one: those would take another way.
        (Some([from]), Some([into])) => *into = *from,
        (Some(from), Some(into)) => into.copy_from_slice(from),
        _ => {}
    }
}
