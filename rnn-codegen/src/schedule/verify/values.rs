//! Where values come from: what the backward pass reads is kept or can be recomputed, and what a
//! pass computes has places of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, ensure};
use crate::graph::NodeId;
use crate::schedule::place::Place;
use crate::schedule::tape::Tape;
use crate::schedule::units::Units;

/// What is recomputed reads what is on the tape, recomputed, or none of the forward pass's own;
/// states that are read have their next values in one of these ways.
pub(in crate::schedule) fn tape(units: &Units<'_>, forward: &[NodeId], tape: &Tape) {
    let computed: BTreeSet<NodeId> = forward.iter().copied().collect();
    let stored: BTreeSet<NodeId> = tape.stored.iter().copied().collect();
    let there = |id: NodeId| {
        let (base, _) = units.base(id);
        !computed.contains(&base) || stored.contains(&base) || tape.recomputed.contains(&base)
    };
    for &id in &tape.recomputed {
        for arg in units.args(id) {
            check(ensure(there(arg), || format!("{id} is recomputed from {arg}, which is gone")));
        }
    }
    for &state in &tape.past {
        let next = units.graph.next[state];
        let kept = stored.contains(&next) || tape.recomputed.contains(&next);
        check(ensure(kept, || format!("state {state} is read, and its next value {next} is gone")));
    }
}

/// No two values that a pass computes share a place.
pub(in crate::schedule) fn places(
    units: &Units<'_>,
    members: &[NodeId],
    homes: &BTreeMap<NodeId, Place>,
) {
    let own = members.iter().filter_map(|id| homes.get(id).map(|place| (*place, *id)));
    let mut sorted: Vec<(Place, NodeId)> = own.collect();
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        let ((first, id), (then, other)) = (pair[0], pair[1]);
        let end = first.offset + units.graph.shape(id).len();
        let apart = first.buf != then.buf || end <= then.offset;
        check(ensure(apart, || format!("{id} at {first} runs into {other} at {then}")));
    }
}

fn check(result: Check) {
    if let Err(why) = result {
        panic!("bug in rnn-codegen: {why}");
    }
}
