//! The finished plan, run over symbols as the drivers run it: once a call, forwards, backwards,
//! sums.

use super::memory::whole;
use super::rows::Row;
use super::{Check, ensure, sums};
use crate::check::cell::Cell;
use crate::graph::{NodeId, Op};
use crate::schedule::{Buf, Over, Place, Plan, Sweep, past};

/// Panics with what is wrong, and the plan.
pub(in crate::schedule) fn plan(cell: &Cell, plan: &Plan) {
    if let Err(why) = check(plan) {
        panic!("bug in rnn-codegen: {why}\n{}", plan.display(cell));
    }
}

/// In inference with products joined, and in training with each by itself: what the tape adds does
/// not depend on the products. The sums' bits are the same in both.
fn check(plan: &Plan) -> Check {
    let mut chains = None;
    for (taped, joined) in [(false, true), (true, false)] {
        let way = || format!("{} products", if joined { "joined" } else { "single" });
        let mut row = Row::new(plan, taped, joined);
        once(&mut row).map_err(|why| format!("once a call: {why}"))?;
        forward(&mut row).map_err(|why| format!("forwards, with {}: {why}", way()))?;
        let same = *chains.get_or_insert_with(|| row.chains.clone()) == row.chains;
        ensure(same, || format!("with {} some sums have another order", way()))?;
        if taped {
            backward(&mut row).map_err(|why| format!("backwards: {why}"))?;
            sums::check(&mut row).map_err(|why| format!("sums: {why}"))?;
        }
    }
    Ok(())
}

/// What the driver has put into a buffer, one leaf of the graph for each place.
fn leaves(row: &mut Row<'_>, leaves: impl IntoIterator<Item = (Op, Place)>) {
    for (op, place) in leaves {
        if let Some(id) = row.plan.graph.leaf(&op) {
            row.given(place, id);
        }
    }
}

fn once(row: &mut Row<'_>) -> Check {
    let plan = row.plan;
    for copy in &plan.copies {
        row.given(copy.place, copy.node);
    }
    row.stages(&plan.call.stages)
}

/// Every state is handed on by the one loop over time.
fn one_loop(sweep: &Sweep) -> Check {
    let loops = sweep.passes.iter().filter(|pass| pass.over == Over::Steps).count();
    ensure(loops == 1, || format!("there are {loops} loops over time"))
}

fn states(plan: &Plan, buf: Buf) -> impl Iterator<Item = (usize, Place)> {
    plan.states.iter().enumerate().map(move |(i, &at)| (i, Place::new(buf, at)))
}

fn forward(row: &mut Row<'_>) -> Check {
    let plan = row.plan;
    leaves(row, plan.inputs.iter().enumerate().map(|(i, &place)| (Op::Input(i), place)));
    one_loop(&plan.forward)?;
    // Where steps share the memory of product results, none of another pass may be there.
    let shared = row.joined && plan.acc_in_step;
    for pass in &plan.forward.passes {
        let steps = pass.over == Over::Steps;
        if steps {
            leaves(row, states(plan, Buf::Prev).map(|(i, place)| (Op::Prev(i), place)));
        }
        if steps && shared {
            row.memory.clear(Buf::Acc);
        }
        row.stages(&pass.stages)?;
        if steps && shared {
            row.memory.clear(Buf::Acc);
        }
        for (i, place) in states(plan, Buf::Next).filter(|_| steps) {
            row.holds(place, plan.graph.next[i])?;
        }
    }
    let output = plan.graph.output.ok_or("a cell has an output")?;
    row.holds(plan.output, output)?;
    if row.taped { stored(row) } else { Ok(()) }
}

/// The backward pass finds on the tape what it expects there.
fn stored(row: &Row<'_>) -> Check {
    let plan = row.plan;
    let inside = |(_, place): &(&NodeId, &Place)| place.buf == Buf::Tape;
    let read = plan.backward.homes.iter().filter(inside);
    read.into_iter().try_for_each(|(&id, &place)| row.holds(place, id))?;
    for (i, place) in plan.pasts.iter().enumerate() {
        if let Some(place) = place.filter(|place| place.buf == Buf::Tape) {
            row.holds(place, plan.graph.next[i])?;
        }
    }
    Ok(())
}

fn backward(row: &mut Row<'_>) -> Check {
    let plan = row.plan;
    one_loop(&plan.backward)?;
    for buf in [Buf::Prev, Buf::Next, Buf::Acc, Buf::Tmp, Buf::Y] {
        row.memory.clear(buf);
    }
    leaves(row, [(Op::AdjOutput, Place::new(Buf::Dy, 0))]);
    let pasts = past::homes(&plan.graph, &plan.pasts);
    let (early, late): (Vec<_>, Vec<_>) =
        pasts.into_iter().partition(|(_, place)| place.buf == Buf::Past);
    early.into_iter().for_each(|(id, place)| row.given(place, id));
    let backward = plan.graph.differentiated();
    for pass in &plan.backward.passes {
        if pass.over != Over::Steps {
            row.stages(&pass.stages)?;
            continue;
        }
        leaves(row, states(plan, Buf::Dnext).map(|(i, place)| (Op::AdjNext(i), place)));
        row.stages(&pass.stages)?;
        for (i, place) in states(plan, Buf::Dprev) {
            row.holds(place, backward.prev[i].ok_or("zeros are spelled out")?)?;
        }
        row.memory.clear(Buf::Dnext);
        row.memory.clear(Buf::Dprev);
    }
    for (id, place) in backward.inputs.iter().zip(&plan.input_gradients) {
        match (id, place) {
            (Some(id), Some(place)) => row.holds(*place, *id)?,
            (None, None) => {}
            _ => return Err("an input has a gradient and a place for it, or neither".into()),
        }
    }
    // After the loop, states before a step are what that step recomputed.
    for (id, place) in late {
        let Op::Prev(i) = plan.graph.node(id).op else { continue };
        let again = plan.pasts[i].ok_or("a state that is read has a place")?;
        let found = row.memory.read(again, plan.graph.shape(id).len());
        ensure(found == whole(&plan.graph, plan.graph.next[i]), || {
            format!("the next value of state {i} is recomputed in {again}")
        })?;
        row.given(place, id);
    }
    Ok(())
}
