//! States of the step before, as the backward pass reads them: what that step made of them, one
//! step earlier on the tape or among what is recomputed.

use std::collections::BTreeSet;

use super::place::Place;
use super::tape::Tape;
use super::units::Units;
use crate::graph::{Graph, NodeId, Op};

/// The states among some values.
pub(crate) fn states(units: &Units<'_>, ids: &BTreeSet<NodeId>) -> BTreeSet<usize> {
    ids.iter().filter_map(|id| state(units.graph, *id)).collect()
}

fn state(graph: &Graph, id: NodeId) -> Option<usize> {
    match graph.node(id).op {
        Op::Prev(i) => Some(i),
        _ => None,
    }
}

/// Those of some states that become the same as one of them.
pub(crate) fn alike(
    units: &Units<'_>,
    states: &BTreeSet<usize>,
    state: usize,
) -> impl Iterator<Item = usize> {
    let next = &units.graph.next;
    states.iter().copied().filter(move |&i| next[i] == next[state])
}

/// The next values that are recomputed and must be there for all rows.
pub(crate) fn wanted(units: &Units<'_>, tape: &Tape) -> Vec<NodeId> {
    let next = tape.past.iter().map(|&i| units.graph.next[i]);
    next.filter(|id| tape.recomputed.contains(id)).collect()
}

/// Where the next value of each state is of which the previous one is read, given the `slots` on
/// the tape and `recomputed`, the place of any value that is so; nothing yet if there is none.
pub(crate) fn places(
    units: &Units<'_>,
    tape: &Tape,
    slots: &[(NodeId, Place)],
    recomputed: impl Fn(NodeId) -> Option<Place>,
) -> Vec<Option<Place>> {
    let place = |(i, &next): (usize, &NodeId)| {
        let nth = alike(units, &tape.past, i).position(|other| other == i)?;
        let stored = slots.iter().filter(|(id, _)| *id == next).nth(nth);
        stored.map(|&(_, place)| place).or_else(|| recomputed(next))
    };
    units.graph.next.iter().enumerate().map(place).collect()
}

/// The same as places of the previous values.
pub(crate) fn homes(graph: &Graph, pasts: &[Option<Place>]) -> Vec<(NodeId, Place)> {
    let home = |id: NodeId| Some((id, pasts[state(graph, id)?]?.before()));
    graph.ids().filter_map(home).collect()
}
