//! What was compiled, in words: the text that `explain()` returns and the documentation of the
//! type.

use std::fmt::Write;

use super::{Bound, Joint, Lanes, Phase, Plan, Product, Recurrence, Stage};
use crate::check::cell::Cell;
use crate::graph::NodeId;
use crate::ops::Weights;

/// The text, without a final line break.
pub(crate) fn explain(cell: &Cell, plan: &Plan) -> String {
    let mut text = String::new();
    for (direction, sweep) in [("forward", &plan.forward), ("backward", &plan.backward)] {
        for (phase, pass) in sweep.phases() {
            let rows = match phase {
                Phase::Before => "all steps of a chunk at once",
                Phase::Step => "each step",
                Phase::After => "all steps of a chunk after the loop",
            };
            let _ = writeln!(text, "{direction}, {rows}:");
            pass.stages.iter().for_each(|stage| describe(cell, plan, stage, &mut text));
        }
    }
    if !plan.sums.is_empty() {
        let _ = writeln!(text, "gradients, all steps of a chunk at once:");
        plan.sums.iter().for_each(|stage| describe(cell, plan, stage, &mut text));
    }
    let _ = writeln!(text, "recurrence: {}", recurrence(&plan.recurrence));
    let _ = writeln!(text, "tape: {}", tape(cell, plan));
    let work = plan.work;
    let _ = writeln!(
        text,
        "multiply-adds in products per step and row: {} forward, {} backward",
        work.forward, work.backward
    );
    let _ = write!(text, "bound: one row: {}; many rows: arithmetic", bound(work.one_row));
    if cell.weights != Weights::Full && work.full_width == Bound::Latency {
        let _ = write!(
            text,
            "\nweights: half width, which costs a single step more time than it saves: full \
             ones would fit a first-level cache too"
        );
    }
    text
}

fn describe(cell: &Cell, plan: &Plan, stage: &Stage, text: &mut String) {
    let _ = match stage {
        Stage::Product(product) => {
            let names = matrices(cell, plan, product);
            let joined = match product.joint {
                Joint::Head => ", or in the step if the batch is large",
                Joint::None | Joint::Tail(..) => "",
            };
            let (k, n) = (product.source.k, product.n);
            writeln!(text, "  product [{k}] -> [{n}] with {names}{joined}")
        }
        Stage::Lanes(loops) => loops.iter().try_for_each(|lanes| {
            writeln!(text, "  lanes [{}]: {}", lanes.shape.len(), values(plan, lanes))
        }),
        Stage::Outer(outer) => {
            let names: Vec<&str> = outer.matrices.iter().map(|m| m.source.name(cell)).collect();
            let lens: Vec<String> = outer.operands.iter().map(|(_, len)| len.to_string()).collect();
            let (k, n) = (lens.join(" + "), outer.n);
            writeln!(text, "  gradients [{k}] x [{n}] of {}", names.join(", "))
        }
        // Once a call, and not listed.
        Stage::Scatter(_) => Ok(()),
        Stage::ColumnSum(sum) => writeln!(text, "  sum over rows [{}]", sum.len),
    };
}

fn matrices(cell: &Cell, plan: &Plan, product: &Product) -> String {
    let name = |part: &super::Part| {
        let name = part.matrix.source.name(cell);
        if part.matrix.transposed { format!("{name}.T") } else { name.to_owned() }
    };
    let names: Vec<String> = plan.packs[product.source.pack].parts.iter().map(name).collect();
    names.join(", ")
}

fn values(plan: &Plan, lanes: &Lanes) -> String {
    let named = |id: &NodeId| plan.graph.names.get(id).cloned();
    let names: Vec<String> = lanes.nodes.iter().filter_map(named).collect();
    let other = lanes.nodes.len() - names.len();
    match (names.is_empty(), other) {
        (true, 0) => "copies".to_owned(),
        (true, n) => format!("{n} operations"),
        (false, 0) => names.join(", "),
        (false, n) => format!("{} and {n} more operations", names.join(", ")),
    }
}

fn recurrence(recurrence: &Recurrence) -> &'static str {
    match recurrence {
        Recurrence::Products(_) => "through products, so step follows step",
        Recurrence::Linear => {
            "elementwise and linear in the states: \
             the loop over time is a scan that streams through memory"
        }
        Recurrence::Elementwise => "elementwise: no product inside the loop over time",
    }
}

fn bound(bound: Bound) -> &'static str {
    match bound {
        Bound::Traffic => "memory traffic (no weights in the loop)",
        Bound::Latency => "latency (the loop's weights fit a first-level cache)",
        Bound::SecondLevel => "second-level cache bandwidth",
        Bound::BeyondSecondLevel => "bandwidth beyond the second-level cache",
    }
}

fn tape(cell: &Cell, plan: &Plan) -> String {
    let size = if cell.double { 8 } else { 4 };
    let stored: usize = plan.stored.iter().map(|&id| plan.graph.shape(id).len()).sum();
    let inputs: usize = cell.inputs.iter().map(|p| p.len).sum();
    let name = |id: &NodeId| plan.graph.names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let names: Vec<String> = plan.stored.iter().map(name).collect();
    let units = cell.states[0].len;
    let list = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    format!(
        "{} bytes per step and row: {stored} stored values{list}, {inputs} of inputs; \
         {:.2} values per step and unit besides the inputs",
        (stored + inputs) * size,
        stored as f64 / units as f64,
    )
}
