//! Time classes: which units leave the loop over time.
//!
//! A product that does not wait for the previous step is taken for all steps of a chunk before the
//! loop; one that no carried value needs, after it. Lane operations move to where their values are
//! used: into the loop, unless a product before it needs them, or they need a product after it.
//! That saves storing what a register can hold.

use std::collections::{BTreeMap, BTreeSet};

use super::affine::Term;
use super::units::Units;
use crate::graph::{NodeId, Op};

/// Where in a chunk a unit runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// For all rows of the chunk, before its steps.
    Before,
    /// In the loop, for one step.
    Step,
    /// For all rows of the chunk, after its steps.
    After,
}

/// Which way a pass goes through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    /// The direction of the pass of a node that the forward pass needs, or does not.
    pub(crate) fn of(forward: bool) -> Self {
        if forward { Direction::Forward } else { Direction::Backward }
    }

    /// True for what one step receives from the step computed before it.
    pub(crate) fn carries(self, op: &Op) -> bool {
        match self {
            Direction::Forward => matches!(op, Op::Prev(_)),
            Direction::Backward => matches!(op, Op::AdjNext(_)),
        }
    }
}

/// One pass over time, forwards or backwards: the units it computes and their phases.
#[derive(Debug)]
pub(crate) struct Phases {
    /// Phase of each unit; for an affine sum, the last of its terms.
    pub(crate) unit: BTreeMap<NodeId, Phase>,
    /// Phase of each term of each affine sum.
    pub(crate) terms: BTreeMap<NodeId, Vec<Phase>>,
}

/// Assigns phases to `members`, which are in order. `carries` are the results handed to the next
/// step.
pub(crate) fn assign(units: &Units<'_>, members: &[NodeId], carries: &[NodeId]) -> Phases {
    let inside: BTreeSet<NodeId> = members.iter().copied().collect();
    let feeds = reach(units, &inside, carries.iter().copied());

    let mut terms = BTreeMap::new();
    for &id in members {
        if let Some(sum) = units.affine(id) {
            let phase = |term: &Term| match (term.carried, feeds.contains(&id)) {
                (false, _) => Phase::Before,
                (true, true) => Phase::Step,
                (true, false) => Phase::After,
            };
            terms.insert(id, sum.terms.iter().map(phase).collect::<Vec<_>>());
        }
    }
    let before = needed_before(units, &inside, &terms);
    let mut unit = BTreeMap::new();
    for &id in members {
        let phase = match terms.get(&id) {
            Some(phases) => *phases.iter().max().expect("bug in rnn-codegen: a sum of no products"),
            None if units.reads(id).any(|a| unit.get(&a) == Some(&Phase::After)) => Phase::After,
            None if before.contains(&id) => Phase::Before,
            None => Phase::Step,
        };
        unit.insert(id, phase);
    }
    Phases { unit, terms }
}

/// Members that a product before the loop depends on.
fn needed_before(
    units: &Units<'_>,
    inside: &BTreeSet<NodeId>,
    terms: &BTreeMap<NodeId, Vec<Phase>>,
) -> BTreeSet<NodeId> {
    let mut roots = Vec::new();
    for (&id, phases) in terms {
        let early = units.sum(id).terms.iter().zip(phases).filter(|(_, p)| **p == Phase::Before);
        roots.extend(early.map(|(t, _)| t.operand));
    }
    reach(units, inside, roots)
}

/// The members that some values depend on, themselves included.
fn reach(
    units: &Units<'_>,
    inside: &BTreeSet<NodeId>,
    roots: impl IntoIterator<Item = NodeId>,
) -> BTreeSet<NodeId> {
    let outside = |id: NodeId| !inside.contains(&units.base(id).0);
    units.reach(roots, outside).into_iter().collect()
}
