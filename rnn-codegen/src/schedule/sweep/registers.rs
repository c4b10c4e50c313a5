//! Which values loops take from registers, which they recompute, and which go through memory.

use std::collections::BTreeSet;

use super::SweepPlanner;
use crate::graph::{NodeId, Op};
use crate::ops::Shape;
use crate::schedule::phase::Phase;
use crate::schedule::{order, tape};

/// Operations on registers that take no longer than a store.
const SHORT: usize = 2;

impl SweepPlanner<'_> {
    /// Adds to `needed` what has to be in memory, and notes what is recomputed instead.
    pub(super) fn share_registers(&mut self, needed: &mut BTreeSet<NodeId>) {
        let users = self.units.users(self.request.members);
        for &id in self.request.members {
            let Some(users) = users.get(&id) else { continue };
            let far: Vec<(NodeId, bool)> = users
                .iter()
                .copied()
                .filter(|&(user, whole)| !(whole && self.in_register(id, user)))
                .collect();
            if far.is_empty() {
                continue;
            }
            let again = self.loops(id, &far).filter(|_| !needed.contains(&id));
            match again.and_then(|stages| Some((self.again(id, &stages, needed, SHORT)?, stages))) {
                Some((ids, stages)) => {
                    for id in ids {
                        self.again.entry(id).or_default().extend(&stages);
                    }
                }
                None => {
                    needed.insert(id);
                }
            }
        }
    }

    /// True if `user` takes the value from a register.
    fn in_register(&self, id: NodeId, user: NodeId) -> bool {
        let phase = self.phases.unit[&id];
        if self.units.affine(user).is_some() || phase != self.phases.unit[&user] {
            return false;
        }
        let (first, then) = (self.order.unit[&id], self.order.unit[&user]);
        if self.units.in_loops(id) && self.units.graph.shape(id) == Shape::Scalar {
            return self.same_rows(phase, first, then);
        }
        order::shares_loop(self.units, id, user)
            && (first == then || matches!(self.units.node(user).op, Op::Concat))
    }

    /// True if no product stands between two stages: their loops run row by row, and a scalar stays
    /// in a register from one to the other.
    fn same_rows(&self, phase: Phase, first: usize, then: usize) -> bool {
        self.products.range((phase, first + 1)..(phase, then.max(first + 1))).next().is_none()
    }

    /// The stages of users that are lane operations on the whole value in its own phase; `None` if
    /// there are others.
    fn loops(&self, id: NodeId, users: &[(NodeId, bool)]) -> Option<BTreeSet<usize>> {
        let stage = |&(user, whole): &(NodeId, bool)| {
            let same = whole
                && self.units.in_loops(user)
                && order::shares_loop(self.units, id, user)
                && self.phases.unit[&id] == self.phases.unit[&user];
            same.then(|| self.order.unit[&user])
        };
        users.iter().map(stage).collect()
    }

    /// What loops at these stages compute to get the value by at most `most` cheap operations from
    /// what is in memory anyway: that takes less than to write and to read it.
    fn again(
        &self,
        id: NodeId,
        stages: &BTreeSet<usize>,
        needed: &BTreeSet<NodeId>,
        most: usize,
    ) -> Option<Vec<NodeId>> {
        if most == 0 || !tape::is_cheap(self.units, id) {
            return None;
        }
        let mut ids = vec![id];
        for arg in self.units.args(id) {
            if !self.at_hand(arg, self.phases.unit[&id], stages, needed) {
                ids.extend(self.again(arg, stages, needed, most - ids.len())?);
            }
        }
        (ids.len() <= most).then_some(ids)
    }

    /// True if loops at these stages of a phase find the value in memory or, a scalar, in a
    /// register.
    fn at_hand(
        &self,
        id: NodeId,
        phase: Phase,
        stages: &BTreeSet<usize>,
        needed: &BTreeSet<NodeId>,
    ) -> bool {
        let (base, _) = self.units.base(id);
        if !self.inside.contains(&base)
            || needed.contains(&base)
            || self.units.affine(base).is_some()
        {
            return true;
        }
        let near = |&stage: &usize| self.same_rows(phase, self.order.unit[&base], stage);
        self.phases.unit[&base] == phase
            && self.units.graph.shape(base) == Shape::Scalar
            && stages.iter().all(near)
    }
}
