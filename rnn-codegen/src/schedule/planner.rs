//! Puts the passes together: once a call, forwards, backwards, and once more after the backward
//! pass.

mod in_place;
mod sums;

use std::collections::BTreeSet;

use super::affine::Affines;
use super::passes::{Homes, Once, Sweep};
use super::past;
use super::phase::Direction;
use super::place::{Allocator, Buf, Place};
use super::product::Products;
use super::sweep::{self, Request};
use super::tape::{self, Tape};
use super::units::Units;
use super::{Copied, Plan, Recurrence, Work, access, join, verify};
use crate::check::cell::Cell;
use crate::graph::{NodeId, Op};
use crate::ops::Weights;

/// Plans all passes of a cell.
pub(crate) fn plan(cell: &Cell, affines: &Affines) -> Plan {
    let units = Units::new(affines);
    let mut alloc = Allocator::new(if cell.double { 8 } else { 16 });
    let inputs: Vec<Place> = cell.inputs.iter().map(|p| alloc.slot(Buf::X, p.len)).collect();
    let states = cell.states.iter().map(|p| alloc.slot(Buf::Prev, p.len).offset).collect();
    alloc.slot(Buf::Dy, cell.output.shape.len());
    if units.graph.ids().any(|id| matches!(units.node(id).op, Op::Slice { .. })) {
        alloc.loosen_all();
    }
    let call_level = units.graph.call_level();
    let planner =
        Planner { units, cell, call_level, inputs, states, alloc, products: Products::default() };
    planner.plan()
}

struct Planner<'p> {
    units: Units<'p>,
    cell: &'p Cell,
    call_level: Vec<bool>,
    inputs: Vec<Place>,
    /// Offset of each state in a row of states.
    states: Vec<usize>,
    alloc: Allocator,
    products: Products,
}

/// Which units each pass computes, in order.
struct Members {
    forward: Vec<NodeId>,
    backward: Vec<NodeId>,
    back_call: Vec<NodeId>,
    tape: Tape,
}

impl Planner<'_> {
    fn plan(mut self) -> Plan {
        let output = self.units.graph.output.expect("bug in rnn-codegen: a cell without an output");
        let members = self.members();
        let mut copies = Vec::new();
        let called = self.called(&members, &mut copies);
        let homes: Homes = self.leaf_homes().into_iter().chain(called.clone()).collect();

        let slots = self.tape_slots(&members.tape.stored);
        let written = self.written(output);
        let mut forward = self.forward(&members.forward, &slots, (output, written), homes.clone());
        let forward_packs = self.products.packs.len();
        let written_back = self.written_back();
        let mut backward = self.backward(&members, &slots, written_back, homes);
        let graph = self.units.graph;
        let recomputed = |id| Some(backward.after(graph, id));
        let pasts = past::places(&self.units, &members.tape, &slots, recomputed);
        backward.homes.extend(past::homes(graph, &pasts));
        let mut back_call = self.back_call(&members.back_call, &called);
        let sums = self.gradients(&backward, &mut back_call);
        let mut call = self.call(&called, &mut copies);

        let place = |id| written_back.map_or_else(|| backward.after(graph, id), |(_, at)| at);
        let inputs = graph.differentiated().inputs.iter();
        let input_gradients = inputs.map(|id| id.map(place)).collect();
        let output = written.unwrap_or_else(|| forward.after(graph, output));
        let once = [&mut call, &mut back_call];
        access::resolve([&mut forward, &mut backward], once, graph, &self.alloc);
        let acc_in_step = join::join(&mut forward, output);
        if self.cell.weights == Weights::Full {
            access::inline(&mut forward);
        }
        let recurrence = Recurrence::of(graph, &forward);
        let (packs, back) = (self.products.packs, backward.stages().chain(&sums));
        let work = Work::of(self.cell, &packs, &recurrence, forward.stages(), back);
        Plan {
            graph: graph.clone(),
            affines: self.units.sums().clone(),
            inputs: self.inputs,
            states: self.states,
            pasts,
            output,
            input_gradients,
            copies,
            packs,
            forward_packs,
            call,
            forward,
            backward,
            sums,
            back_call,
            stored: members.tape.stored,
            recurrence,
            work,
            acc_in_step,
            alloc: self.alloc,
        }
    }

    fn tape_slots(&mut self, stored: &[NodeId]) -> Vec<(NodeId, Place)> {
        let shape = |id| self.units.graph.shape(id);
        stored.iter().map(|&id| (id, self.alloc.value(Buf::Tape, shape(id)))).collect()
    }

    /// True for values that no pass over rows computes.
    fn given(&self, id: NodeId) -> bool {
        self.call_level[id.index()] || self.is_leaf(id)
    }

    fn is_leaf(&self, id: NodeId) -> bool {
        self.units.node(id).op.is_leaf()
    }

    fn members(&self) -> Members {
        let units = &self.units;
        let forward = units.reach(units.graph.forward_roots(), |id| self.given(id));
        let inside: BTreeSet<NodeId> = forward.iter().copied().collect();
        let results = units.graph.differentiated();
        let adjoints =
            units.reach(results.row_roots(), |id| self.given(id) || inside.contains(&id));
        // A part is read where the whole is.
        let loops = adjoints.iter().flat_map(|&id| units.reads(id)).collect();
        let sums = results.row_roots().map(|id| units.base(id).0).collect();
        let tape = tape::choose(units, &forward, &loops, &sums);
        if cfg!(debug_assertions) {
            verify::tape(units, &forward, &tape);
        }
        let backward: BTreeSet<NodeId> =
            adjoints.into_iter().chain(tape.recomputed.iter().copied()).collect();
        let back_call = units.reach(results.call_roots(), |id| self.given(id));
        Members { forward, backward: backward.into_iter().collect(), back_call, tape }
    }

    fn leaf_homes(&self) -> Homes {
        let home = |id: NodeId| match self.units.node(id).op {
            Op::Input(i) => Some((id, self.inputs[i])),
            Op::Prev(i) => Some((id, Place::new(Buf::Prev, self.states[i]))),
            Op::AdjNext(i) => Some((id, Place::new(Buf::Dnext, self.states[i]))),
            Op::AdjOutput => Some((id, Place::new(Buf::Dy, 0))),
            _ => None,
        };
        self.units.graph.ids().filter_map(home).collect()
    }

    /// Slots for the call-level values that the other passes read. A bias that only starts a
    /// product needs none.
    fn called(&mut self, members: &Members, copies: &mut Vec<Copied>) -> Homes {
        let graph = self.units.graph;
        let mut used: BTreeSet<NodeId> = graph.differentiated().after_loop().collect();
        used.extend(graph.forward_roots());
        let mut derived: Vec<NodeId> = Vec::new();
        for &id in members.forward.iter().chain(&members.backward).chain(&members.back_call) {
            match self.units.affine(id) {
                Some(sum) => {
                    used.extend(sum.terms.iter().map(|t| t.operand));
                    let copied = |id: &NodeId| Copied::multiple(graph, *id).is_some();
                    derived.extend(sum.init.filter(|init| !copied(init)));
                }
                None => used.extend(self.units.args(id)),
            }
        }
        used.retain(|id| self.call_level[id.index()]);
        derived.extend(&used);
        for id in self.units.reach(derived, |id| self.is_leaf(id)) {
            used.extend(self.units.args(id));
        }
        used.retain(|id| !matches!(self.units.node(*id).op, Op::Const(_)));
        let mut homes = Homes::new();
        for id in used {
            let place = self.alloc.slot(Buf::Call, self.units.len(id));
            homes.insert(id, place);
            if let Op::Param(_) = self.units.node(id).op {
                copies.extend(Copied::of(graph, id, place));
            }
        }
        homes
    }

    fn forward(
        &mut self,
        members: &[NodeId],
        tape: &[(NodeId, Place)],
        (output, written): (NodeId, Option<Place>),
        homes: Homes,
    ) -> Sweep {
        let next = self.units.graph.next.iter().zip(&self.states);
        let carries: Vec<(NodeId, Place)> =
            next.map(|(&id, &at)| (id, Place::new(Buf::Next, at))).collect();
        let results: Vec<(NodeId, Place)> =
            written.map(|place| (output, place)).into_iter().collect();
        let wanted = if written.is_some() { &[] } else { &[output][..] };
        let request = Request {
            direction: Direction::Forward,
            members,
            carries: &carries,
            tape,
            results: &results,
            wanted,
            acc: Buf::Acc,
            tmp: Buf::Tmp,
        };
        sweep::plan(&self.units, &request, homes, &mut self.alloc, &mut self.products)
    }

    fn backward(
        &mut self,
        members: &Members,
        tape: &[(NodeId, Place)],
        written: Option<(NodeId, Place)>,
        mut homes: Homes,
    ) -> Sweep {
        homes.extend(tape.iter().copied());
        let pasts = past::places(&self.units, &members.tape, tape, |_| None);
        homes.extend(past::homes(self.units.graph, &pasts));
        let results = self.units.graph.differentiated();
        let prev = results.prev.iter().zip(&self.states);
        let carry = |(id, &at): (&Option<NodeId>, &usize)| {
            (id.expect("bug in rnn-codegen: zeros are spelled out"), Place::new(Buf::Dprev, at))
        };
        let carries: Vec<(NodeId, Place)> = prev.map(carry).collect();
        let mut wanted: Vec<NodeId> = results.after_loop().collect();
        wanted.extend(past::wanted(&self.units, &members.tape));
        wanted.retain(|id| written.is_none_or(|(node, _)| node != *id));
        let results: Vec<(NodeId, Place)> = written.into_iter().collect();
        let request = Request {
            direction: Direction::Backward,
            members: &members.backward,
            carries: &carries,
            tape: &[],
            results: &results,
            wanted: &wanted,
            acc: Buf::Dacc,
            tmp: Buf::Dtmp,
        };
        sweep::plan(&self.units, &request, homes, &mut self.alloc, &mut self.products)
    }

    /// Derived call-level values, and those that start a product.
    fn call(&mut self, called: &Homes, copies: &mut Vec<Copied>) -> Once {
        let is_param = |id: NodeId| matches!(self.units.node(id).op, Op::Param(_));
        let mut carries: Vec<(NodeId, Place)> = called
            .iter()
            .filter(|(id, _)| !is_param(**id))
            .map(|(&id, &place)| (id, place))
            .collect();
        for &(id, place) in &self.products.starts {
            match Copied::of(self.units.graph, id, place) {
                Some(copy) => copies.push(copy),
                None => carries.push((id, place)),
            }
        }
        let roots = carries.iter().map(|&(id, _)| id);
        let members = self.units.reach(roots, |id| self.is_leaf(id));
        let params = called.iter().filter(|(id, _)| is_param(**id));
        let homes = params.map(|(&id, &place)| (id, place)).collect();
        self.once_a_call(&members, &carries, homes, Buf::Call)
    }

    /// From the adjoints of derived call-level values to those of parameters.
    fn back_call(&mut self, members: &[NodeId], called: &Homes) -> Once {
        let mut homes = called.clone();
        for id in self.units.graph.ids() {
            if matches!(self.units.node(id).op, Op::AdjCall(_)) {
                let place = self.alloc.slot(Buf::BackCall, self.units.len(id));
                homes.insert(id, place);
            }
        }
        let results = self.units.graph.differentiated().call_roots();
        let results: BTreeSet<NodeId> = results.filter(|id| !homes.contains_key(id)).collect();
        let carries: Vec<(NodeId, Place)> = results
            .into_iter()
            .map(|id| (id, self.alloc.slot(Buf::BackCall, self.units.len(id))))
            .collect();
        self.once_a_call(members, &carries, homes, Buf::BackCall)
    }

    fn once_a_call(
        &mut self,
        members: &[NodeId],
        carries: &[(NodeId, Place)],
        homes: Homes,
        buf: Buf,
    ) -> Once {
        let request = Request {
            direction: Direction::Forward,
            members,
            carries,
            tape: &[],
            results: &[],
            wanted: &[],
            acc: buf,
            tmp: buf,
        };
        let sweep = sweep::plan(&self.units, &request, homes, &mut self.alloc, &mut self.products);
        let Sweep { passes, mut homes, late } = sweep;
        debug_assert!(late.is_empty(), "bug in rnn-codegen: a loop over time once a call");
        for &(id, place) in carries {
            homes.entry(id).or_insert(place);
        }
        Once { stages: passes.into_iter().flat_map(|pass| pass.stages).collect(), homes }
    }
}
