//! The passes of a plan, and where their values are.

use std::collections::BTreeMap;

use super::Stage;
use super::phase::Phase;
use super::place::Place;
use crate::graph::{Graph, NodeId};

/// Places of values.
pub(crate) type Homes = BTreeMap<NodeId, Place>;

/// A pass over a chunk of time.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) over: Over,
    pub(crate) stages: Vec<Stage>,
}

/// What a pass runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// All rows of a chunk at once.
    Rows,
    /// The steps of a chunk, one by one.
    Steps,
}

/// All passes in one direction of time, in order, and where their values are.
#[derive(Debug)]
pub(crate) struct Sweep {
    /// None is without stages.
    pub(crate) passes: Vec<Pass>,
    /// Where each value is that is in memory.
    pub(crate) homes: Homes,
    /// Where values are after the loop that are elsewhere inside it.
    pub(crate) late: Homes,
}

/// What runs once a call, and where its values are.
#[derive(Debug)]
pub(crate) struct Once {
    pub(crate) stages: Vec<Stage>,
    pub(crate) homes: Homes,
}

/// Where a value is found: in the first of some maps that has it, or what it is cut from.
pub(crate) fn find<'h>(
    graph: &Graph,
    id: NodeId,
    homes: impl IntoIterator<Item = &'h Homes>,
) -> Place {
    let (base, shift) = graph.base(id);
    let place = homes.into_iter().find_map(|homes| homes.get(&base));
    place.unwrap_or_else(|| panic!("bug in rnn-codegen: {id} is nowhere")).shift(shift)
}

impl Sweep {
    /// Where a value is after the loop.
    pub(crate) fn after(&self, graph: &Graph, id: NodeId) -> Place {
        find(graph, id, [&self.late, &self.homes])
    }

    /// All stages, in the order in which they run.
    pub(crate) fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.passes.iter().flat_map(|pass| &pass.stages)
    }

    pub(crate) fn stages_mut(&mut self) -> impl Iterator<Item = &mut Stage> {
        self.passes.iter_mut().flat_map(|pass| &mut pass.stages)
    }

    /// The stages of the passes over such.
    pub(crate) fn stages_over(&self, over: Over) -> impl Iterator<Item = &Stage> {
        self.passes.iter().filter(move |pass| pass.over == over).flat_map(|pass| &pass.stages)
    }

    /// Each pass with where it stands to the loops over time.
    pub(crate) fn phases(&self) -> impl Iterator<Item = (Phase, &Pass)> {
        let mut before = Phase::Before;
        self.passes.iter().map(move |pass| match pass.over {
            Over::Rows => (before, pass),
            Over::Steps => {
                before = Phase::After;
                (Phase::Step, pass)
            }
        })
    }
}
