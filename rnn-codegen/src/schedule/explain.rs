//! What was compiled, in words: the text behind `explain()` and in the documentation of the type.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Joint, Lanes, Plan, Product, Stage};
use crate::check::cell::Cell;
use crate::graph::{Map, MatrixRef, NodeId, Op};
use crate::ops::Weights;

/// The text, without a final line break.
pub(crate) fn explain(cell: &Cell, plan: &Plan) -> String {
    let mut text = String::new();
    let phases: [(&str, &[Stage]); 7] = [
        ("forward, all steps of a chunk at once", &plan.forward.before),
        ("forward, each step", &plan.forward.step),
        ("forward, all steps of a chunk behind the loop", &plan.forward.after),
        ("backward, all steps of a chunk at once", &plan.backward.before),
        ("backward, each step", &plan.backward.step),
        ("backward, all steps of a chunk behind the loop", &plan.backward.after),
        ("gradients, all steps of a chunk at once", &plan.sums),
    ];
    for (title, stages) in phases {
        if !stages.is_empty() {
            let _ = writeln!(text, "{title}:");
            stages.iter().for_each(|stage| describe(cell, plan, stage, &mut text));
        }
    }
    let _ = writeln!(text, "recurrence: {}", recurrence(plan));
    let _ = writeln!(text, "tape: {}", tape(cell, plan));
    let work = Work::of(plan);
    let _ = writeln!(
        text,
        "multiply-adds in products per step and row: {} forward, {} backward",
        work.forward, work.backward
    );
    let _ = write!(text, "bound: {}", work.bound(cell));
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
            let name = |m: &MatrixRef| cell.params[m.param].name.clone();
            let names: Vec<String> = outer.matrices.iter().map(name).collect();
            let lens: Vec<String> = outer.operands.iter().map(|(_, len)| len.to_string()).collect();
            let (k, n) = (lens.join(" + "), outer.n);
            writeln!(text, "  gradients [{k}] x [{n}] of {}", names.join(", "))
        }
        // Once a call, and not listed.
        Stage::Unstack(_) => Ok(()),
        Stage::ColumnSum(sum) => writeln!(text, "  sum over rows [{}]", sum.len),
    };
}

fn matrices(cell: &Cell, plan: &Plan, product: &Product) -> String {
    let name = |part: &super::Part| {
        let name = &cell.params[part.matrix.param].name;
        if part.matrix.transposed { format!("{name}.T") } else { name.clone() }
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

/// Whether a product stands between one step and the next, and if not, whether the states enter
/// linearly.
fn recurrence(plan: &Plan) -> &'static str {
    if plan.forward.step.iter().any(|s| matches!(s, Stage::Product(_))) {
        return "through products, so step follows step";
    }
    if is_linear(plan) {
        "elementwise and linear in the states: the loop over time is a scan that streams through memory"
    } else {
        "elementwise: no product inside the loop over time"
    }
}

/// How a value depends on the states of the step before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Degree {
    Constant,
    Linear,
    Other,
}

/// True if every next state is linear in the states, with coefficients that do not read them.
fn is_linear(plan: &Plan) -> bool {
    use crate::graph::Zip;
    let mut degrees: BTreeMap<NodeId, Degree> = BTreeMap::new();
    for id in plan.graph.ids() {
        let node = plan.graph.node(id);
        let args: Vec<Degree> = node.args.iter().map(|a| degrees[a]).collect();
        let most = args.iter().copied().max().unwrap_or(Degree::Constant);
        let degree = match (&node.op, most) {
            (Op::Prev(_), _) => Degree::Linear,
            (_, Degree::Constant) => Degree::Constant,
            (
                Op::Zip(Zip::Add | Zip::Sub) | Op::Map(Map::Neg) | Op::Concat | Op::Slice { .. },
                d,
            ) => d,
            (Op::Zip(Zip::Mul), d) if args.contains(&Degree::Constant) => d,
            (Op::Zip(Zip::Div), d) if args[1] == Degree::Constant => d,
            _ => Degree::Other,
        };
        degrees.insert(id, degree);
    }
    plan.graph.next.iter().all(|id| degrees[id] <= Degree::Linear)
}

fn tape(cell: &Cell, plan: &Plan) -> String {
    let size = if cell.double { 8 } else { 4 };
    let stored: usize = plan.stored.iter().map(|&id| plan.graph.shape(id).len()).sum();
    let inputs: usize = cell.inputs.iter().map(|p| p.len).sum();
    let name = |id: &NodeId| plan.graph.names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let names: Vec<String> = plan.stored.iter().map(name).collect();
    let units = cell.states.first().map_or(1, |p| p.len);
    let list = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    format!(
        "{} bytes per step and row: {stored} stored values{list}, {inputs} of inputs; \
         {:.2} values per step and unit besides the inputs",
        (stored + inputs) * size,
        stored as f64 / units as f64,
    )
}

/// Multiply-adds of products per step and row, and weights read per step.
struct Work {
    forward: usize,
    backward: usize,
    in_step: usize,
}

impl Work {
    fn of(plan: &Plan) -> Self {
        let products = |stages: &[Stage]| -> usize {
            let work = |s: &Stage| match s {
                Stage::Product(p) => rectangles(plan, p),
                Stage::Outer(o) => o.matrices.iter().map(|m| m.rows * m.columns).sum(),
                Stage::Lanes(_) | Stage::ColumnSum(_) | Stage::Unstack(_) => 0,
            };
            stages.iter().map(work).sum()
        };
        let all = |pass: &super::Pass| {
            products(&pass.before) + products(&pass.step) + products(&pass.after)
        };
        Work {
            forward: all(&plan.forward),
            backward: all(&plan.backward) + products(&plan.sums),
            in_step: products(&plan.forward.step),
        }
    }

    /// What a step of one row waits for: short chains of dependent operations, weights from memory,
    /// or arithmetic.
    fn bound(&self, cell: &Cell) -> String {
        let width = match (cell.weights, cell.double) {
            (Weights::Full, true) => 8,
            (Weights::Full, false) => 4,
            (Weights::F16 | Weights::Bf16, _) => 2,
        };
        let bytes = self.in_step * width;
        let one = match bytes {
            0 => "memory traffic (no weights in the loop)",
            1..=32_768 => "latency (the loop's weights fit a first-level cache)",
            32_769..=1_048_576 => "second-level cache bandwidth",
            _ => "bandwidth beyond the second-level cache",
        };
        format!("one row: {one}; many rows: arithmetic")
    }
}

fn rectangles(plan: &Plan, product: &Product) -> usize {
    plan.packs[product.source.pack].parts.iter().map(|p| p.matrix.rows * p.matrix.columns).sum()
}
