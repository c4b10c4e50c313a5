//! Where values live: rows of a few buffers, with an offset for each value.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::ops::Shape;

/// Declares [`Buf`], a variant for each buffer with its name in the runtime and in print.
macro_rules! buffers {
    ($($(#[$of:meta])* $buffer:ident $name:literal;)*) => {
        /// The buffers of the runtime's `program` module, with the row each stage sees. Emitted
        /// code names them, and so does not compile where the runtime calls one otherwise.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Buf {
            $($(#[$of])* $buffer,)*
        }

        impl Buf {
            pub(crate) const ALL: &[Buf] = &[$(Buf::$buffer),*];
        }

        impl fmt::Display for Buf {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self {
                    $(Buf::$buffer => $name,)*
                })
            }
        }
    };
}

buffers! {
    X "x";
    Prev "prev";
    Next "next";
    Tape "tape";
    /// The tape one step earlier.
    Past "past";
    Acc "acc";
    Tmp "tmp";
    Call "call";
    /// The outputs, where the caller wants them.
    Y "y";
    Dy "dy";
    /// The gradients of the inputs, where the caller wants them.
    Dx "dx";
    Dnext "dnext";
    Dprev "dprev";
    Dacc "dacc";
    Dtmp "dtmp";
    /// The same one step earlier, for sums over rows.
    Dpast "dpast";
    BackCall "back_call";
    Sums "sums";
}

impl Buf {
    /// The buffer that a view one step earlier or later is of; any other is its own.
    pub(crate) fn owner(self) -> Self {
        match self {
            Buf::Next => Buf::Prev,
            Buf::Past => Buf::Tape,
            Buf::Dpast => Buf::Dtmp,
            own => own,
        }
    }

    /// The buffer whose rows it has: that of the states for their adjoints too.
    fn layout(self) -> Self {
        match self.owner() {
            Buf::Dnext | Buf::Dprev => Buf::Prev,
            own => own,
        }
    }

    /// True for rows of its own: the others are views of one such, one step apart, or alike.
    pub(crate) fn has_own_layout(self) -> bool {
        self.layout() == self
    }

    /// True where an output or a gradient of an input may be: not in sums, and of views one step
    /// apart only in the next states.
    pub(crate) fn has_results(self) -> bool {
        let sums = matches!(self, Buf::BackCall | Buf::Sums);
        self == Buf::Next || (self.has_own_layout() && !sums)
    }

    /// True for one row for all rows.
    pub(crate) fn is_shared(self) -> bool {
        matches!(self, Buf::Call | Buf::BackCall | Buf::Sums)
    }

    /// True for what a step hands to the next, which is there inside the loop only.
    pub(crate) fn is_carried(self) -> bool {
        matches!(self, Buf::Next | Buf::Dprev)
    }

    /// True for what is there for all steps of a long sequence.
    pub(crate) fn is_taped(self) -> bool {
        self.owner() == Buf::Tape
    }

    /// True for results that are written where the caller wants them, and never read.
    fn is_result(self) -> bool {
        matches!(self, Buf::Y | Buf::Dx)
    }

    /// True for rows that may be the caller's.
    fn is_callers(self) -> bool {
        self.is_result() || matches!(self, Buf::X | Buf::Dy)
    }
}

/// A place in a row of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) buf: Buf,
    pub(crate) offset: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.buf, self.offset)
    }
}

impl Place {
    pub(crate) fn new(buf: Buf, offset: usize) -> Self {
        Place { buf, offset }
    }

    /// The same place one step earlier.
    pub(crate) fn before(self) -> Self {
        let buf = match self.buf {
            Buf::Tape => Buf::Past,
            Buf::Dtmp => Buf::Dpast,
            buf => unreachable!("bug in rnn-codegen: no steps are kept in {buf:?}"),
        };
        Place { buf, ..self }
    }

    /// The place `by` values further on.
    pub(crate) fn shift(self, by: usize) -> Self {
        Place { offset: self.offset + by, ..self }
    }
}

/// Hands out slots; each ends on a multiple of the widest vector, so that whole vectors can be
/// written.
#[derive(Debug)]
pub(crate) struct Allocator {
    /// Values in 64 bytes.
    pub(crate) pad: usize,
    sizes: BTreeMap<Buf, usize>,
    /// Slots that numbers share, with how many there are in each.
    numbers: BTreeMap<Place, usize>,
    /// Buffers in which a vector may be read across the end of the last slot.
    loose: BTreeSet<Buf>,
    all_loose: bool,
}

impl Allocator {
    pub(crate) fn new(pad: usize) -> Self {
        Allocator {
            pad,
            sizes: BTreeMap::new(),
            numbers: BTreeMap::new(),
            loose: BTreeSet::new(),
            all_loose: false,
        }
    }

    /// A slot of its own.
    pub(crate) fn slot(&mut self, buf: Buf, len: usize) -> Place {
        let size = self.sizes.entry(buf).or_default();
        let place = Place::new(buf, *size);
        *size += len.next_multiple_of(self.pad);
        place
    }

    /// A place for a value that may be a number.
    pub(crate) fn value(&mut self, buf: Buf, shape: Shape) -> Place {
        match shape {
            Shape::Scalar => self.number(buf),
            Shape::Vector(_) | Shape::Matrix(..) => self.slot(buf, shape.len()),
        }
    }

    /// Whole vectors for `len` values.
    pub(crate) fn padded(&self, len: usize) -> usize {
        len.next_multiple_of(self.pad)
    }

    /// A place for a single number: in a slot with others as long as there is room.
    pub(crate) fn number(&mut self, buf: Buf) -> Place {
        let open = |(place, count): &(&Place, &mut usize)| place.buf == buf && **count < self.pad;
        if let Some((slot, count)) = self.numbers.iter_mut().rev().find(open) {
            *count += 1;
            return slot.shift(*count - 1);
        }
        let slot = self.slot(buf, 1);
        self.numbers.insert(slot, 1);
        slot
    }

    /// True if a place is in a slot that numbers share: a whole vector written there would
    /// overwrite others.
    pub(crate) fn shared(&self, place: Place) -> bool {
        let slot = Place { offset: place.offset / self.pad * self.pad, ..place };
        self.numbers.get(&slot).is_some_and(|&count| count > 1)
    }

    /// Slots without gaps for values that are read as one.
    pub(crate) fn dense(&mut self, buf: Buf, lens: &[usize]) -> Vec<Place> {
        let first = self.slot(buf, lens.iter().sum());
        let mut at = 0;
        let places = lens.iter().map(|len| {
            at += len;
            first.shift(at - len)
        });
        let places = places.collect();
        if lens.len() > 1 && lens.iter().any(|len| len % self.pad != 0) {
            self.loose.insert(buf);
        }
        places
    }

    /// Slices are read at any offset.
    pub(crate) fn loosen_all(&mut self) {
        self.all_loose = true;
    }

    /// Row length: a power of two of cache lines would make rows compete for the same cache sets,
    /// so one more vector goes between them; but not between rows of the caller's, which can then
    /// be read and written where they are.
    pub(crate) fn row(&self, buf: Buf) -> usize {
        let size = self.sizes.get(&buf).copied().unwrap_or(0);
        // What is the caller's is not read, and what is empty ends nowhere.
        let read = size > 0 && !buf.is_result();
        let loose = read && (self.all_loose || self.loose.contains(&buf));
        let size = if loose { size + self.pad } else { size };
        if buf.is_callers() { size } else { self.apart(size) }
    }

    /// Distance between rows of a buffer: views of a buffer one step earlier or later share it.
    pub(crate) fn stride_of(&self, buf: Buf) -> usize {
        self.row(buf.layout())
    }

    /// Distance between rows of `len` values in a slot of their own.
    pub(crate) fn stride(&self, len: usize) -> usize {
        self.apart(self.padded(len))
    }

    fn apart(&self, size: usize) -> usize {
        if size > 0 && size.is_multiple_of(8 * self.pad) { size + self.pad } else { size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_share_slots_and_vectors_do_not() {
        let mut alloc = Allocator::new(8);
        let first = alloc.number(Buf::Tape);
        assert!(!alloc.shared(first), "one number alone is written like a vector");
        let vector = alloc.slot(Buf::Tape, 3);
        let more: Vec<usize> = (1..10).map(|_| alloc.number(Buf::Tape).offset).collect();
        assert_eq!((first.offset, vector.offset), (0, 8));
        assert_eq!(more, [1, 2, 3, 4, 5, 6, 7, 16, 17], "eight to a slot");
        assert_eq!(alloc.row(Buf::Tape), 24, "whole vectors can be written at the end");
        assert!(alloc.shared(first) && alloc.shared(first.shift(7)));
        assert!(!alloc.shared(vector) && !alloc.shared(Place::new(Buf::Past, 1)));
    }
}
