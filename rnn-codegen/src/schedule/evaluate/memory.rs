//! The buffers of a run, filled with poison: a value that no arithmetic makes, and that nobody
//! reads.

use std::collections::BTreeMap;

use crate::schedule::{Allocator, Buf, Place};

/// A NaN with bits of its own.
const POISON: u64 = 0x7ff8_dead_beef_0001;

/// Buffers as the drivers allocate them. Some are seen under two names, one step apart.
#[derive(Debug)]
pub(super) struct Memory<'p> {
    alloc: &'p Allocator,
    data: BTreeMap<Buf, Vec<f64>>,
    /// The first row that the stages of a phase see of each buffer; 0 where nothing is said.
    first: BTreeMap<Buf, usize>,
}

fn poison() -> f64 {
    f64::from_bits(POISON)
}

impl<'p> Memory<'p> {
    pub(super) fn new(alloc: &'p Allocator) -> Self {
        Memory { alloc, data: BTreeMap::new(), first: BTreeMap::new() }
    }

    /// Makes a buffer of some rows, poisoned.
    pub(super) fn poison(&mut self, buf: Buf, rows: usize) {
        self.data.insert(buf, vec![poison(); rows * self.alloc.stride_of(buf)]);
    }

    /// The same, zero.
    pub(super) fn zero(&mut self, buf: Buf) {
        self.data.insert(buf, vec![0.0; self.alloc.stride_of(buf)]);
    }

    /// Which row of its memory the stages see as the first one of a buffer.
    pub(super) fn see(&mut self, buf: Buf, row: usize) {
        self.first.insert(buf, row);
    }

    fn index(&self, place: Place, row: usize) -> usize {
        if place.buf.is_shared() {
            return place.offset;
        }
        let first = self.first.get(&place.buf).copied().unwrap_or(0);
        (first + row) * self.alloc.stride_of(place.buf) + place.offset
    }

    /// `len` values of a row; an error where some are poison.
    pub(super) fn read(&self, place: Place, row: usize, len: usize) -> Result<Vec<f64>, String> {
        let at = self.index(place, row);
        let data = self.data.get(&place.buf.owner()).map_or(&[][..], |data| data);
        let Some(values) = data.get(at..at + len) else {
            return Err(format!("{len} values of {place} in row {row} are not there"));
        };
        match values.iter().position(|value| value.to_bits() == POISON) {
            Some(entry) => {
                Err(format!("{place} in row {row} is read at {entry} before it is written"))
            }
            None => Ok(values.to_vec()),
        }
    }

    /// Writes values, and poison after them up to `end` values from the place on.
    pub(super) fn write(
        &mut self,
        place: Place,
        row: usize,
        values: &[f64],
        end: usize,
    ) -> Result<(), String> {
        let at = self.index(place, row);
        let data = self.data.get_mut(&place.buf.owner()).map_or(&mut [][..], |data| data);
        let Some(into) = data.get_mut(at..at + end.max(values.len())) else {
            return Err(format!("{end} values to {place} in row {row} have no room"));
        };
        into[..values.len()].copy_from_slice(values);
        into[values.len()..].fill(poison());
        Ok(())
    }

    /// Copies whole rows of a buffer from some rows on to others.
    pub(super) fn copy_rows(&mut self, buf: Buf, from: usize, rows: usize, to: usize) {
        let stride = self.alloc.stride_of(buf);
        let data = self.data.get_mut(&buf).expect("bug in rnn-codegen: a copy of no rows");
        data.copy_within(from * stride..(from + rows) * stride, to * stride);
    }

    pub(super) fn swap(&mut self, a: Buf, b: Buf) {
        let [first, second] = [a, b].map(|buf| {
            self.data.remove(&buf).expect("bug in rnn-codegen: a buffer that nobody made")
        });
        self.data.extend([(a, second), (b, first)]);
    }
}
