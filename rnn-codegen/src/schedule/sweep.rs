//! All passes in one direction of time: which values are written where, and the loops that do it.

mod loops;
mod registers;

use std::collections::{BTreeMap, BTreeSet};

use super::order::{self, Order};
use super::passes::{Homes, Over, Pass, Sweep, find};
use super::phase::{self, Direction, Phase, Phases};
use super::place::{Allocator, Buf, Place};
use super::product;
use super::units::Units;
use super::{Lanes, Stage, Store, verify};
use crate::graph::{NodeId, Op};
use crate::ops::Shape;

/// What the passes in one direction have to deliver.
#[derive(Debug)]
pub(crate) struct Request<'r> {
    pub(crate) direction: Direction,
    /// Units to compute, in order.
    pub(crate) members: &'r [NodeId],
    /// Values handed to the next step and where: a state's next value, or an adjoint.
    pub(crate) carries: &'r [(NodeId, Place)],
    /// Values kept for the other direction.
    pub(crate) tape: &'r [(NodeId, Place)],
    /// Results of whole vectors, which are written where the caller wants them.
    pub(crate) results: &'r [(NodeId, Place)],
    /// Values that must be there for all rows of the chunk when the last pass is over.
    pub(crate) wanted: &'r [NodeId],
    /// Products that do not become a carried value go here.
    pub(crate) acc: Buf,
    /// Everything else goes here.
    pub(crate) tmp: Buf,
}

/// Plans the passes. `homes` has the places of all values they do not compute.
pub(crate) fn plan(
    units: &Units<'_>,
    request: &Request<'_>,
    homes: Homes,
    alloc: &mut Allocator,
    products: &mut product::Products,
) -> Sweep {
    let carries: Vec<NodeId> = request.carries.iter().map(|&(id, _)| id).collect();
    let phases = phase::assign(units, request.members, &carries);
    let order = order::assign(units, request.members, &phases);
    if cfg!(debug_assertions) {
        verify::phases(units, request.members, &phases);
        verify::order(units, request.members, &phases, &order);
    }
    let read_late = read_late(units, request, &phases);
    let places = phases.terms.iter().flat_map(|(id, phases)| phases.iter().zip(&order.terms[id]));
    let mut planner = SweepPlanner {
        products: places.map(|(&phase, &stage)| (phase, stage)).collect(),
        units,
        request,
        inside: request.members.iter().copied().collect(),
        phases,
        order,
        read_late,
        homes,
        late: Homes::new(),
        operands: Homes::new(),
        stores: Vec::new(),
        loops: BTreeMap::new(),
        again: BTreeMap::new(),
    };
    planner.place_sums(alloc);
    planner.place_lanes(alloc);
    planner.deliver();
    if cfg!(debug_assertions) {
        verify::places(units, request.members, &planner.homes);
    }
    let jobs = planner.jobs();
    let mut stages = product::stages(jobs, alloc, products);
    planner.fill_loops();
    for ((phase, stage, shape), lanes) in std::mem::take(&mut planner.loops) {
        debug_assert_eq!(shape, lanes.shape);
        stages.push((phase, stage, Stage::Lanes(vec![lanes])));
    }
    stages.sort_by_key(|&(phase, stage, _)| (phase, stage));
    let stages = stages.into_iter().map(|(phase, _, stage)| (phase, stage)).collect();
    Sweep { passes: passes(stages), homes: planner.homes, late: planner.late }
}

/// Stages with their phases, in order, as passes.
fn passes(stages: Vec<(Phase, Stage)>) -> Vec<Pass> {
    let mut passes: Vec<(Phase, Pass)> = Vec::new();
    for (phase, stage) in stages {
        match passes.last_mut() {
            Some((last, pass)) if *last == phase => match (pass.stages.last_mut(), stage) {
                (Some(Stage::Lanes(loops)), Stage::Lanes(more)) => loops.extend(more),
                (_, stage) => pass.stages.push(stage),
            },
            _ => {
                let over = if phase == Phase::Step { Over::Steps } else { Over::Rows };
                passes.push((phase, Pass { over, stages: vec![stage] }));
            }
        }
    }
    passes.into_iter().map(|(_, pass)| pass).collect()
}

/// The values that are read after the loop: by units and products there, or by the driver.
fn read_late(units: &Units<'_>, request: &Request<'_>, phases: &Phases) -> BTreeSet<NodeId> {
    let mut late: BTreeSet<NodeId> = request.wanted.iter().map(|&id| units.base(id).0).collect();
    for &user in request.members {
        if let Some(sum) = units.affine(user) {
            let terms = sum.terms.iter().zip(&phases.terms[&user]);
            let last = terms.filter(|(_, phase)| **phase == Phase::After);
            late.extend(last.map(|(term, _)| units.base(term.operand).0));
        } else if phases.unit[&user] == Phase::After {
            late.extend(units.reads(user));
        }
    }
    late
}

struct SweepPlanner<'p> {
    units: &'p Units<'p>,
    request: &'p Request<'p>,
    inside: BTreeSet<NodeId>,
    phases: Phases,
    order: Order,
    /// What is read after the loop.
    read_late: BTreeSet<NodeId>,
    homes: Homes,
    late: Homes,
    /// Copies of sums that are operands of products.
    operands: Homes,
    /// Stores with the loop they belong to.
    stores: Vec<(Phase, usize, Store)>,
    loops: BTreeMap<(Phase, usize, Shape), Lanes>,
    /// Where products are taken.
    products: BTreeSet<(Phase, usize)>,
    /// Values that other loops recompute, with the stages of those.
    again: BTreeMap<NodeId, BTreeSet<usize>>,
}

impl SweepPlanner<'_> {
    /// Operands of products, with slices followed to what they are cut from.
    fn product_operands(&self) -> BTreeSet<NodeId> {
        let sums = self.request.members.iter().filter_map(|&id| self.units.affine(id));
        sums.flat_map(|sum| &sum.terms).map(|t| self.units.base(t.operand).0).collect()
    }

    /// Affine sums: straight into the result, or the carried value where nothing stands against it,
    /// else among the product results, those with the same operands side by side.
    fn place_sums(&mut self, alloc: &mut Allocator) {
        let operands = self.product_operands();
        let members = self.request.members.iter();
        let read: BTreeSet<NodeId> = members.flat_map(|&user| self.units.args(user)).collect();
        let mut columns = Vec::new();
        for &id in self.request.members {
            let Some(sum) = self.units.affine(id) else { continue };
            if let Some(&(_, place)) = self.request.results.iter().find(|&&(node, _)| node == id) {
                self.homes.insert(id, place);
                continue;
            }
            let carry = self.request.carries.iter().find(|&&(node, _)| node == id);
            let in_step = self.phases.terms[&id].iter().all(|p| *p == Phase::Step);
            let alone = !operands.contains(&id)
                && !self.request.wanted.contains(&id)
                && !read.contains(&id);
            let apart = sum.terms.iter().all(|t| {
                let (base, _) = self.units.base(t.operand);
                !self.request.carries.iter().any(|&(node, _)| node == base)
            });
            match carry {
                Some(&(_, place)) if in_step && alone && apart => {
                    self.homes.insert(id, place);
                }
                _ => columns.push(id),
            }
        }
        let keys = product::operand_sets(self.units, &columns, &self.phases, &self.order);
        for block in product::arrange(&columns, &keys) {
            let lens: Vec<usize> = block.iter().map(|&id| self.units.len(id)).collect();
            let places = alloc.dense(self.request.acc, &lens);
            self.homes.extend(block.into_iter().zip(places));
        }
        // A product cannot read the buffer it writes: sums that are operands get a copy.
        let copied: Vec<NodeId> = operands
            .into_iter()
            .filter(|id| self.units.affine(*id).is_some() && self.inside.contains(id))
            .collect();
        for id in copied {
            let place = alloc.slot(self.request.tmp, self.units.len(id));
            self.store(id, place, false);
            self.operands.insert(id, place);
        }
    }

    fn jobs(&self) -> Vec<product::Job> {
        let place = |id: NodeId, phase: Phase| {
            let late = (phase == Phase::After).then_some(&self.late);
            find(self.units.graph, id, late.into_iter().chain([&self.operands, &self.homes]))
        };
        product::jobs(self.units, &self.phases, &self.order, place, |sum| self.homes[&sum])
    }

    /// Lane values that are read outside their loop.
    fn place_lanes(&mut self, alloc: &mut Allocator) {
        let operands = self.product_operands();
        let wanted = self.request.wanted.iter().map(|&id| self.units.base(id).0);
        let in_memory: BTreeSet<NodeId> = operands.iter().copied().chain(wanted).collect();
        let mut needed = in_memory.clone();
        self.share_registers(&mut needed);
        let Request { carries, tape, results, .. } = self.request;
        let delivered = carries.iter().chain(*tape).chain(*results).map(|&(id, _)| id);
        for id in delivered.filter(|id| self.inside.contains(id)) {
            let early = self.phases.unit[&id] == Phase::Before;
            if early || !self.units.in_loops(id) {
                needed.insert(self.units.base(id).0);
            }
        }
        // Leaves have homes already, except numbers, which only products and the drivers need in
        // memory.
        let number = |id: &NodeId| matches!(self.units.node(*id).op, Op::Const(_));
        needed.retain(|id| {
            !self.homes.contains_key(id)
                && (self.inside.contains(id) || (number(id) && in_memory.contains(id)))
                && !matches!(self.units.node(*id).op, Op::Slice { .. })
        });
        for id in needed.clone() {
            if let Some(place) = self.shared_home(id) {
                self.homes.insert(id, place);
                needed.remove(&id);
            }
        }
        let stacked: Vec<NodeId> =
            needed.iter().copied().filter(|id| operands.contains(id)).collect();
        let keys = product::user_sets(self.units, &stacked, self.request.members);
        let stacked = product::arrange(&stacked, &keys).concat();
        let lens: Vec<usize> = stacked.iter().map(|&id| self.units.len(id)).collect();
        let places = alloc.dense(self.request.tmp, &lens);
        for (&id, place) in stacked.iter().zip(places) {
            self.set_home(id, place);
        }
        for id in needed {
            if !stacked.contains(&id) {
                let place = alloc.value(self.request.tmp, self.units.graph.shape(id));
                self.set_home(id, place);
            }
        }
        self.place_late(alloc);
    }

    /// A carried or taped value that is also read in this pass is read where it is written anyway.
    fn shared_home(&mut self, id: NodeId) -> Option<Place> {
        let outlives =
            self.request.direction == Direction::Forward || !self.read_late.contains(&id);
        let carry = self.request.carries.iter().find(|&&(node, _)| node == id && outlives);
        let in_step = self.phases.unit.get(&id) == Some(&Phase::Step);
        let tape = self.request.tape.iter().find(|&&(node, _)| node == id);
        let place = match (carry, tape) {
            (Some(&(_, place)), _) if in_step => place,
            (_, Some(&(_, place))) => place,
            _ => return None,
        };
        self.set_home(id, place);
        Some(place)
    }

    /// Adjoints from the next step are gone after the loop: those read there are kept.
    fn place_late(&mut self, alloc: &mut Allocator) {
        for id in self.units.graph.ids() {
            if matches!(self.units.node(id).op, Op::AdjNext(_)) && self.read_late.contains(&id) {
                let place = alloc.slot(self.request.tmp, self.units.len(id));
                self.stores.push((Phase::Step, 0, Store::new(id, place, false)));
                self.late.insert(id, place);
            }
        }
    }

    fn set_home(&mut self, id: NodeId, place: Place) {
        self.homes.insert(id, place);
        match self.units.node(id).op {
            Op::Concat => {
                let mut place = place;
                for part in self.units.args(id) {
                    let at = self.ready(part).max((self.phases.unit[&id], 0));
                    self.stores.push((at.0, at.1, Store::new(part, place, false)));
                    place = place.shift(self.units.len(part));
                }
            }
            _ => self.store(id, place, false),
        }
    }

    fn store(&mut self, node: NodeId, place: Place, tape: bool) {
        let (phase, stage) = self.ready(node);
        self.stores.push((phase, stage, Store::new(node, place, tape)));
    }

    /// The first loop that can read or compute the value.
    fn ready(&self, id: NodeId) -> (Phase, usize) {
        let (base, _) = self.units.base(id);
        if !self.inside.contains(&base) {
            // Only what comes from the previous step has to wait for the loop.
            let waits = self.request.direction.carries(&self.units.node(base).op);
            return (if waits { Phase::Step } else { Phase::Before }, 0);
        }
        let (phase, stage) = (self.phases.unit[&base], self.order.unit[&base]);
        let stage = match stage % 2 {
            1 => stage + 1,
            _ if base == id && self.units.in_loops(id) => stage,
            _ => stage + 2,
        };
        (phase, stage)
    }

    /// Carried and taped values that are not at home where they have to be.
    fn deliver(&mut self) {
        let carries = self.request.carries.iter().map(|&(node, place)| (node, place, false));
        let tape = self.request.tape.iter().map(|&(node, place)| (node, place, true));
        let results = self.request.results.iter().map(|&(node, place)| (node, place, false));
        for (node, place, tape) in carries.chain(tape).chain(results).collect::<Vec<_>>() {
            if self.homes.get(&node) == Some(&place) {
                continue;
            }
            let (phase, stage) = self.ready(node);
            // The carried buffers exist inside the loop only.
            let at = if place.buf.is_carried() {
                (phase, stage).max((Phase::Step, 0))
            } else {
                (phase, stage)
            };
            self.stores.push((at.0, at.1, Store::new(node, place, tape)));
        }
    }
}
