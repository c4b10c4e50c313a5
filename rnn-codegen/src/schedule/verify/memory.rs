//! Memory as the verifier sees it: which entries of which value each place of a row holds.

use std::collections::BTreeMap;
use std::fmt;

use crate::graph::{Graph, NodeId, Op};
use crate::schedule::{Buf, Place};

/// What an entry of memory holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Nothing,
    /// A complete value.
    Value(NodeId),
    /// A sum of products that has some of its terms.
    Partial(NodeId, Vec<usize>),
}

/// Neighbouring entries of one value, from entry `start` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) what: What,
    pub(super) start: usize,
    pub(super) len: usize,
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (self.start, self.start + self.len);
        match &self.what {
            What::Nothing => write!(f, "nothing[{}]", self.len),
            What::Value(id) => write!(f, "{id}[{start}..{end}]"),
            What::Partial(id, terms) => write!(f, "terms {terms:?} of {id}[{start}..{end}]"),
        }
    }
}

/// Pieces as a list for messages.
pub(super) fn list(pieces: &[Piece]) -> String {
    pieces.iter().map(Piece::to_string).collect::<Vec<_>>().join(", ")
}

/// `len` entries of a value from `start` on, as pieces of what parts and joins are made of.
pub(super) fn pieces(graph: &Graph, id: NodeId, start: usize, len: usize) -> Vec<Piece> {
    let mut found = Vec::new();
    resolve(graph, id, start, len, &mut found);
    joined(found)
}

/// All of a value.
pub(super) fn whole(graph: &Graph, id: NodeId) -> Vec<Piece> {
    pieces(graph, id, 0, graph.shape(id).len())
}

fn resolve(graph: &Graph, id: NodeId, start: usize, len: usize, into: &mut Vec<Piece>) {
    let node = graph.node(id);
    match node.op {
        Op::Slice { start: first } => resolve(graph, node.args[0], first + start, len, into),
        Op::Concat => {
            let (mut at, end) = (0, start + len);
            for &part in &node.args {
                let size = graph.shape(part).len();
                let (from, to) = (start.max(at), end.min(at + size));
                if from < to {
                    resolve(graph, part, from - at, to - from, into);
                }
                at += size;
            }
        }
        _ => into.push(Piece { what: What::Value(id), start, len }),
    }
}

/// Neighbouring pieces of one value as one.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if last.what == piece.what && last.follows(&piece) => last.len += piece.len,
            _ => joined.push(piece),
        }
    }
    joined
}

impl Piece {
    fn follows(&self, next: &Piece) -> bool {
        self.what == What::Nothing || self.start + self.len == next.start
    }

    /// `len` entries from the piece's own `at` on.
    fn cut(&self, at: usize, len: usize) -> Piece {
        let start = if self.what == What::Nothing { 0 } else { self.start + at };
        Piece { what: self.what.clone(), start, len }
    }
}

/// `len` entries of some pieces from `at` on.
pub(super) fn cut(pieces: &[Piece], at: usize, len: usize) -> Vec<Piece> {
    let (mut offset, end) = (0, at + len);
    let mut found = Vec::new();
    for piece in pieces {
        let (from, to) = (at.max(offset), end.min(offset + piece.len));
        if from < to {
            found.push(piece.cut(from - offset, to - from));
        }
        offset += piece.len;
    }
    joined(found)
}

/// One row of each buffer: its pieces by where they begin, nothing between them.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    rows: BTreeMap<Buf, BTreeMap<usize, Piece>>,
}

impl Memory {
    /// What a place holds.
    pub(super) fn read(&self, place: Place, len: usize) -> Vec<Piece> {
        let (from, end) = (place.offset, place.offset + len);
        let mut found = Vec::new();
        let mut at = from;
        for (&begin, piece) in self.meeting(place.buf, from, end) {
            let first = begin.max(from);
            found.extend(nothing(first - at));
            at = end.min(begin + piece.len);
            found.push(piece.cut(first - begin, at - first));
        }
        found.extend(nothing(end - at));
        joined(found)
    }

    /// The pieces that meet a range of a buffer.
    fn meeting(&self, buf: Buf, from: usize, end: usize) -> impl Iterator<Item = (&usize, &Piece)> {
        let row = self.rows.get(&buf);
        let before = row.and_then(|row| row.range(..from).next_back());
        let before = before.filter(|(begin, piece)| *begin + piece.len > from);
        before
            .into_iter()
            .chain(row.into_iter().flat_map(move |row| row.range(from..end.max(from))))
    }

    /// Puts pieces at a place, one after the other, over what is there.
    pub(super) fn write(&mut self, place: Place, pieces: Vec<Piece>) {
        let end = place.offset + pieces.iter().map(|piece| piece.len).sum::<usize>();
        let old: Vec<(usize, Piece)> = self
            .meeting(place.buf, place.offset, end)
            .map(|(begin, piece)| (*begin, piece.clone()))
            .collect();
        let row = self.rows.entry(place.buf).or_default();
        for (begin, piece) in old {
            row.remove(&begin);
            if begin < place.offset {
                row.insert(begin, piece.cut(0, place.offset - begin));
            }
            if begin + piece.len > end {
                row.insert(end, piece.cut(end - begin, begin + piece.len - end));
            }
        }
        let mut at = place.offset;
        for piece in pieces {
            at += piece.len;
            if piece.what != What::Nothing {
                row.insert(at - piece.len, piece);
            }
        }
    }

    /// Forgets a buffer.
    pub(super) fn clear(&mut self, buf: Buf) {
        self.rows.remove(&buf);
    }
}

/// A gap; none if it is empty.
fn nothing(len: usize) -> Option<Piece> {
    (len > 0).then_some(Piece { what: What::Nothing, start: 0, len })
}
