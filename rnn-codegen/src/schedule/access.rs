//! How loops get at memory: what each loads and stores, and how, said in the plan so that emission
//! decides nothing.
//!
//! Loops that follow one another run row by row, so that a scalar, once loaded or computed, stays
//! in a register for those that follow. A store is masked where a whole vector would run into a
//! neighbour. Rows of the tape that are longer than the processor follows by itself are prefetched.
//! A product whose only reader is an addition is contracted with it to one multiply-add.

use std::collections::BTreeSet;

use super::passes::{Homes, Once, Over, Sweep, find};
use super::place::{Allocator, Buf, Place};
use super::{Joint, Lanes, Load, Stage, Store};
use crate::graph::{Graph, NodeId, Op, Zip};
use crate::ops::Shape;

/// Bytes of a cache line, for which slots are padded.
const LINE: usize = 64;

/// Bytes of a row of the tape from which on each value is a stream of its own: more of them than
/// the processor follows by itself.
const FAR_ROWS: usize = 1024;

/// Fills in the loads, masks, prefetches and contractions of all loops.
pub(super) fn resolve(
    over_time: [&mut Sweep; 2],
    once: [&mut Once; 2],
    graph: &Graph,
    alloc: &Allocator,
) {
    let readers = &graph.uses()[..];
    for Sweep { passes, homes, late } in over_time {
        let early = Access { graph, alloc, homes, readers, late: None };
        let last = Access { late: Some(late), ..early };
        let loops = passes.iter().rposition(|pass| pass.over == Over::Steps);
        for (at, pass) in passes.iter_mut().enumerate() {
            let after = loops.is_some_and(|last| at > last);
            if after { &last } else { &early }.stages(&mut pass.stages);
        }
    }
    for Once { stages, homes } in once {
        Access { graph, alloc, homes, readers, late: None }.stages(stages);
    }
}

/// Multiply-adds up to which a forward product of one row is compiled into the step: the weights of
/// larger ones do not fit a first-level cache, and the call no longer counts.
const SMALL: usize = 8192;

/// Marks the products of the forward pass whose form for one row is compiled into the step.
pub(super) fn inline(forward: &mut Sweep) {
    for stage in forward.stages_mut() {
        if let Stage::Product(product) = stage {
            let first = if let Joint::Tail(head, _) = product.joint { head.k } else { 0 };
            product.inline = (first + product.source.k) * product.n <= SMALL;
        }
    }
}

#[derive(Clone, Copy)]
struct Access<'a> {
    graph: &'a Graph,
    alloc: &'a Allocator,
    homes: &'a Homes,
    /// How many operands and results each value is. A product that anything else reads as well must
    /// have the same bits everywhere, or its difference from a maximum taken over it is not the one
    /// that was meant: only a product with one reader is contracted.
    readers: &'a [usize],
    /// Where values are after the loop over time that are elsewhere inside it.
    late: Option<&'a Homes>,
}

impl Access<'_> {
    fn stages(&self, stages: &mut [Stage]) {
        for stage in stages {
            if let Stage::Lanes(loops) = stage {
                self.row(loops);
            }
        }
    }

    /// The loops that run one after the other for each row.
    fn row(&self, loops: &mut [Lanes]) {
        let mut bound = BTreeSet::new();
        for lanes in loops {
            lanes.loads = self.loads(lanes, &mut bound);
            lanes.contracted = contracted(self.graph, lanes, self.readers);
            let mut stores = std::mem::take(&mut lanes.stores);
            for store in &mut stores {
                store.masked = self.masked(lanes, store);
                store.prefetch = self.is_far(store.place.buf);
            }
            lanes.stores = stores;
        }
    }

    /// Values from outside the loop in order of first use, without scalars `bound` to registers;
    /// those it binds are added there.
    fn loads(&self, lanes: &Lanes, bound: &mut BTreeSet<NodeId>) -> Vec<Load> {
        let inside: BTreeSet<NodeId> = lanes.nodes.iter().copied().collect();
        let scalar = |id: &NodeId| self.graph.shape(*id) == Shape::Scalar;
        let mut seen = BTreeSet::new();
        let mut loads = Vec::new();
        for node in lanes.used(self.graph) {
            let outside = !inside.contains(&node) && seen.insert(node);
            if outside && (!scalar(&node) || bound.insert(node)) {
                let from = self.place(node);
                let prefetch = !scalar(&node) && from.is_some_and(|p| self.is_far(p.buf));
                loads.push(Load { node, from, prefetch });
            }
        }
        bound.extend(lanes.nodes.iter().copied().filter(scalar));
        loads
    }

    /// Where a value is read; `None` for numbers, which are written out.
    fn place(&self, id: NodeId) -> Option<Place> {
        let number = matches!(self.graph.node(id).op, Op::Const(_));
        let homes = self.late.into_iter().chain([self.homes]);
        (!number).then(|| find(self.graph, id, homes))
    }

    fn is_far(&self, buf: Buf) -> bool {
        let values = self.alloc.stride_of(buf);
        buf.is_taped() && values / self.alloc.pad * LINE >= FAR_ROWS
    }

    /// Slots are padded; only where values stand without gaps must a store end with its value.
    fn masked(&self, lanes: &Lanes, store: &Store) -> bool {
        let len = if lanes.reduces(self.graph, store.node) { 1 } else { lanes.shape.len() };
        !len.is_multiple_of(self.alloc.pad) && self.has_neighbour(store.place, len)
    }

    /// True if another value may begin before the padded end of one of this length.
    fn has_neighbour(&self, place: Place, len: usize) -> bool {
        let end = place.offset + self.alloc.padded(len);
        let begins = |p: &Place| p.buf == place.buf && p.offset > place.offset && p.offset < end;
        place.buf == Buf::Call
            || !place.offset.is_multiple_of(self.alloc.pad)
            || self.alloc.shared(place)
            || self.homes.values().any(begins)
            || self.concatenated(place)
    }

    /// True if the place is inside a concatenation.
    fn concatenated(&self, place: Place) -> bool {
        self.homes.iter().any(|(&id, home)| {
            let node = self.graph.node(id);
            matches!(node.op, Op::Concat)
                && home.buf == place.buf
                && (home.offset..home.offset + node.shape.len()).contains(&place.offset)
        })
    }
}

/// Products of this loop that one addition reads, and nothing else, memory neither.
fn contracted(graph: &Graph, lanes: &Lanes, readers: &[usize]) -> BTreeSet<NodeId> {
    let stored: BTreeSet<NodeId> = lanes.stores.iter().map(|store| store.node).collect();
    let product = |arg: &&NodeId| {
        matches!(graph.node(**arg).op, Op::Zip(Zip::Mul))
            && lanes.nodes.contains(arg)
            && readers[arg.index()] == 1
            && !stored.contains(arg)
    };
    let additions = lanes.nodes.iter().map(|&id| graph.node(id));
    let additions = additions.filter(|node| matches!(node.op, Op::Zip(Zip::Add | Zip::Sub)));
    additions.filter_map(|node| node.args.iter().rev().find(product)).copied().collect()
}
