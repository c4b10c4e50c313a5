//! The order inside a phase: lane loops on even stages, products on odd ones.
//!
//! Lane operations over vectors of one length share a loop when no product, reduction or
//! concatenation stands between them, nor, where vectors are long, a function of a function. A unit
//! goes to the first stage where its operands are there; one that finds its operands in memory
//! moves to its first user, where its value can stay in a register, and so does what leads to it:
//! chains of reductions that began apart run side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::phase::{Phase, Phases};
use super::tape;
use super::units::Units;
use crate::graph::{NodeId, Op};

/// Values of a vector beyond which a function of a function begins a loop of its own: the processor
/// looks ahead over a hundred operations or so, a chain of two functions takes as long as fifty in
/// a row, and then too few of the next vectors' are in sight. Two vectors of the longest registers
/// are.
const SIGHT: usize = 32;

/// Stage numbers within the phase of each unit.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// The stage after which a unit's value is complete.
    pub(crate) unit: BTreeMap<NodeId, usize>,
    /// The stage of each term of an affine sum, in the term's own phase.
    pub(crate) terms: BTreeMap<NodeId, Vec<usize>>,
    /// Lanes that wait for a function in their loop, or are one.
    deep: BTreeSet<NodeId>,
}

/// Orders `members`, which are in order of dependence.
pub(crate) fn assign(units: &Units<'_>, members: &[NodeId], phases: &Phases) -> Order {
    let mut order = Order::default();
    for &id in members {
        let phase = phases.unit[&id];
        if let Some(sum) = units.affine(id) {
            let stage = |(term, &phase): (&super::affine::Term, &Phase)| {
                order.product_stage(units, phases, phase, term.operand)
            };
            let terms: Vec<usize> = sum.terms.iter().zip(&phases.terms[&id]).map(stage).collect();
            let last = terms.iter().zip(&phases.terms[&id]).filter(|(_, p)| **p == phase);
            let last = last.map(|(s, _)| *s).max();
            order.unit.insert(id, last.expect("bug in rnn-codegen: a sum outside its phase"));
            order.terms.insert(id, terms);
        } else {
            let stage = order.lane_stage(units, phases, phase, id);
            order.unit.insert(id, stage);
            if tape::is_costly(units, id) || order.waits(units, phases, id, stage) {
                order.deep.insert(id);
            }
        }
    }
    sink(units, members, phases, &mut order);
    order
}

impl Order {
    /// The stage of a value if the same phase computes it.
    fn here(&self, phases: &Phases, phase: Phase, id: NodeId) -> Option<usize> {
        (phases.unit.get(&id) == Some(&phase)).then(|| self.unit[&id])
    }

    fn product_stage(
        &self,
        units: &Units<'_>,
        phases: &Phases,
        phase: Phase,
        operand: NodeId,
    ) -> usize {
        let (base, _) = units.base(operand);
        match self.here(phases, phase, base) {
            None => 1,
            Some(stage) => stage + 1 + stage % 2,
        }
    }

    fn lane_stage(&self, units: &Units<'_>, phases: &Phases, phase: Phase, id: NodeId) -> usize {
        let mut first = 0;
        for arg in units.args(id) {
            let (base, _) = units.base(arg);
            let Some(stage) = self.here(phases, phase, base) else { continue };
            first = first.max(if stage % 2 == 1 {
                stage + 1
            } else if base == arg && shares_loop(units, arg, id) {
                stage
            } else {
                stage + 2
            });
        }
        if chained(units, id) && self.waits(units, phases, id, first) { first + 2 } else { first }
    }

    /// True if a loop on this stage computes a function before this unit.
    fn waits(&self, units: &Units<'_>, phases: &Phases, id: NodeId, stage: usize) -> bool {
        let phase = phases.unit[&id];
        units.args(id).iter().any(|&arg| {
            self.here(phases, phase, arg) == Some(stage)
                && self.deep.contains(&arg)
                && shares_loop(units, arg, id)
        })
    }
}

/// True for a function that is not to wait for another one in its loop.
fn chained(units: &Units<'_>, id: NodeId) -> bool {
    tape::is_costly(units, id) && units.domain(id).len() > SIGHT
}

/// True if lanes of `arg` can be used by `user` in the same loop.
pub(crate) fn shares_loop(units: &Units<'_>, arg: NodeId, user: NodeId) -> bool {
    match units.node(user).op {
        // A concatenation only stores its parts: each does so in its own loop.
        Op::Concat => units.is_lanes(arg),
        _ => units.is_lanes(arg) && units.domain(arg) == units.domain(user),
    }
}

/// Moves units that take nothing from a register, and those that take it from such units alone, to
/// the stage of their first user.
fn sink(units: &Units<'_>, members: &[NodeId], phases: &Phases, order: &mut Order) {
    let users = units.users(members).into_iter();
    let users: BTreeMap<NodeId, BTreeSet<NodeId>> =
        users.map(|(id, all)| (id, all.into_iter().map(|(user, _)| user).collect())).collect();
    let movable = movable(units, members, phases, order, &users);
    for &id in members.iter().rev().filter(|id| movable.contains(id)) {
        let phase = phases.unit[&id];
        let bound = |user: &NodeId| -> Option<usize> {
            if let Some(sum) = units.affine(*user) {
                let terms = sum.terms.iter().zip(&phases.terms[user]).zip(&order.terms[user]);
                let mine =
                    terms.filter(|((t, p), _)| units.base(t.operand).0 == id && **p == phase);
                mine.map(|(_, stage)| stage - 1).min()
            } else if phases.unit[user] == phase {
                let stage = order.unit[user];
                let beside = shares_loop(units, id, *user)
                    && !(order.deep.contains(&id) && chained(units, *user));
                let before =
                    || stage.checked_sub(2).expect("bug in rnn-codegen: no loop before it");
                Some(if beside { stage } else { before() })
            } else {
                None
            }
        };
        let first = users.get(&id).and_then(|all| all.iter().filter_map(bound).min());
        if let Some(first) = first {
            let stage =
                order.unit.get_mut(&id).expect("bug in rnn-codegen: a unit without a stage");
            *stage = first.max(*stage);
        }
    }
}

/// Lane operations and reductions without an operand in a register, or whose operands there are of
/// the same kind and have no other user in their loop.
fn movable(
    units: &Units<'_>,
    members: &[NodeId],
    phases: &Phases,
    order: &Order,
    users: &BTreeMap<NodeId, BTreeSet<NodeId>>,
) -> BTreeSet<NodeId> {
    let mut movable = BTreeSet::new();
    for &id in members {
        let at = |id: NodeId| (phases.unit.get(&id), order.unit.get(&id));
        let moves = |&arg: &NodeId| {
            let (base, _) = units.base(arg);
            let beside =
                |user: &&NodeId| at(**user) == at(base) && shares_loop(units, base, **user);
            base != arg
                || at(base) != at(id)
                || !shares_loop(units, base, id)
                || (movable.contains(&base) && users[&base].iter().filter(beside).count() == 1)
        };
        if units.in_loops(id) && units.args(id).iter().all(moves) {
            movable.insert(id);
        }
    }
    movable
}
