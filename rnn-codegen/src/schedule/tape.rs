//! What the forward pass keeps for the backward pass, and what the backward pass recomputes.
//!
//! A value is *at hand* when it is an input (which is kept anyway) or depends on parameters alone.
//! Of the rest that the backward pass reads, an addition or multiplication of values at hand is
//! recomputed, and so is one costly function of a value at hand (`tanh(c[t])`): writing and
//! reading a value of a long sequence costs as much as computing one. Products, reductions and
//! everything else are stored.
//!
//! A state of the step before is what that step made of it: to read one is to read the next value
//! on the tape one step earlier. Loops read it there. Sums for gradients are content with a next
//! value that is recomputed, since they run one step behind the
//! loops.

use std::collections::{BTreeMap, BTreeSet};

use super::past;
use super::units::Units;
use crate::graph::{NodeId, Op};

/// How the backward pass gets each forward value it reads.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    /// Written by the forward pass, in order.
    pub(crate) stored: Vec<NodeId>,
    /// Computed by the backward pass as well.
    pub(crate) recomputed: BTreeSet<NodeId>,
    /// States whose values before a step are read.
    pub(crate) past: BTreeSet<usize>,
}

/// Cost of recomputing a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    Free,
    Cheap,
    Costly,
    Never,
}

/// Chooses for the values that loops of the backward pass read, and those that only its sums over
/// rows read. `forward` is what the forward pass computes.
pub(crate) fn choose(
    units: &Units<'_>,
    forward: &[NodeId],
    loops: &BTreeSet<NodeId>,
    sums: &BTreeSet<NodeId>,
) -> Tape {
    let next = |i: &usize| units.graph.next[*i];
    let inside: BTreeSet<NodeId> = forward.iter().copied().collect();
    let after = past::states(units, sums);
    let mut past = past::states(units, loops);
    loop {
        // Only lanes are recomputed where sums read them, for one state.
        let all = &past | &after;
        let again = |i: &&usize| {
            let computed = units.is_lanes(next(i)) && inside.contains(&next(i));
            computed && past::alike(units, &all, **i).count() == 1
        };
        let kept = past.iter().chain(after.iter().filter(|i| !again(i)));
        let kept: BTreeSet<NodeId> = kept.map(next).collect();
        let after = after.iter().map(next);
        let read = loops.iter().chain(sums).copied().chain(after).chain(kept.iter().copied());
        let mut tape = attempt(units, forward, &read.collect(), &kept);
        let read = tape.recomputed.iter().flat_map(|&id| units.reads(id));
        let more = past::states(units, &read.collect());
        if more.is_subset(&past) {
            // States that become the same began apart.
            let first = |i: &usize| past::alike(units, &all, *i).next() == Some(*i);
            tape.stored.extend(all.iter().filter(|i| !first(i)).map(next));
            return Tape { past: all, ..tape };
        }
        past.extend(more);
    }
}

/// The tape if `read` is what is read, and `kept` of it is stored in any case.
fn attempt(
    units: &Units<'_>,
    forward: &[NodeId],
    read: &BTreeSet<NodeId>,
    kept: &BTreeSet<NodeId>,
) -> Tape {
    let inside: BTreeSet<NodeId> = forward.iter().copied().collect();
    let slice = |id: NodeId| matches!(units.node(id).op, Op::Slice { .. });
    // Next states that the pass does not compute: copies of what is elsewhere.
    let copies = kept.iter().copied().filter(|&id| !inside.contains(&id) || slice(id));
    let mut tape = Tape { stored: copies.collect(), ..Tape::default() };
    let mut reach: BTreeMap<NodeId, Reach> = BTreeMap::new();
    for &id in forward {
        let of = |a: &NodeId| if inside.contains(a) { reach[a] } else { Reach::AtHand };
        let args: Vec<Reach> = units.args(id).iter().map(of).collect();
        let found = again(cost(units, id), &args);
        let store = found == Reach::Far || kept.contains(&id);
        if store && read.contains(&id) && !slice(id) {
            tape.stored.push(id);
            reach.insert(id, Reach::AtHand);
        } else {
            reach.insert(id, found);
        }
    }
    let stop = |id: NodeId| !inside.contains(&id) || reach[&id] == Reach::AtHand;
    tape.recomputed = units.reach(read.iter().copied(), stop).into_iter().collect();
    tape
}

/// How near a forward value is to the backward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Kept, or stored.
    AtHand,
    /// Cheap to compute from values at hand.
    Near,
    /// One costly function of values at hand.
    OneCall,
    Far,
}

fn again(cost: Cost, args: &[Reach]) -> Reach {
    let all = |ok: &[Reach]| args.iter().all(|a| ok.contains(a));
    match cost {
        Cost::Free | Cost::Cheap if all(&[Reach::AtHand, Reach::Near]) => Reach::Near,
        Cost::Free | Cost::Cheap if all(&[Reach::AtHand, Reach::Near, Reach::OneCall]) => {
            Reach::OneCall
        }
        Cost::Costly if all(&[Reach::AtHand, Reach::Near]) => Reach::OneCall,
        Cost::Free | Cost::Cheap | Cost::Costly | Cost::Never => Reach::Far,
    }
}

/// True for lane operations that take no longer than a load.
pub(crate) fn is_cheap(units: &Units<'_>, id: NodeId) -> bool {
    units.is_lanes(id) && cost(units, id) == Cost::Cheap
}

/// True for lane operations that are a chain of many.
pub(crate) fn is_costly(units: &Units<'_>, id: NodeId) -> bool {
    units.is_lanes(id) && cost(units, id) == Cost::Costly
}

fn cost(units: &Units<'_>, id: NodeId) -> Cost {
    if units.affine(id).is_some() {
        return Cost::Never;
    }
    match units.node(id).op {
        Op::Input(_) | Op::Prev(_) | Op::Param(_) | Op::Const(_) | Op::Slice { .. } => Cost::Free,
        Op::Map(map) if map.facts().costly => Cost::Costly,
        Op::Map(_) => Cost::Cheap,
        Op::Zip(zip) if zip.facts().costly => Cost::Costly,
        Op::Zip(_) | Op::Select => Cost::Cheap,
        Op::Product(_) | Op::Concat | Op::Sum | Op::Residue | Op::Largest => Cost::Never,
        Op::AdjNext(_) | Op::AdjOutput | Op::AdjCall(_) => Cost::Never,
        Op::Unary(_) | Op::Reduce(_) => {
            unreachable!("bug in rnn-codegen: a source operation in the scheduler")
        }
    }
}
