//! When things run: the form of sums, the phases of units, and the order inside a phase.

use super::{Check, ensure};
use crate::graph::{NodeId, Op, Zip};
use crate::schedule::affine::{Affine, Affines};
use crate::schedule::order::{self, Order};
use crate::schedule::phase::{Phase, Phases};
use crate::schedule::units::Units;

/// Every sum of products is the chain of additions that its entry says, and only sums hold
/// products.
pub(in crate::schedule) fn affines(affines: &Affines) {
    let graph = &affines.graph;
    let call = graph.call_level();
    let mut products = 0;
    for (&root, sum) in &affines.sums {
        products += sum.terms.len();
        check(root, chain(affines, root, sum, &call));
    }
    let all = graph.ids().filter(|&id| matches!(graph.node(id).op, Op::Product(_))).count();
    check(NodeId(0), ensure(all == products, || "a product belongs to one sum".into()));
}

fn chain(affines: &Affines, root: NodeId, sum: &Affine, call: &[bool]) -> Check {
    let graph = &affines.graph;
    let mut rest = root;
    for (index, term) in sum.terms.iter().enumerate().rev() {
        let first = index == 0 && sum.init.is_none();
        let product = if first {
            rest
        } else {
            let node = graph.node(rest);
            let adds = node.op == Op::Zip(Zip::Add);
            ensure(adds, || format!("{rest} adds term {index}"))?;
            rest = node.args[0];
            node.args[1]
        };
        let node = graph.node(product);
        let is = node.op == Op::Product(term.matrix) && node.args[..] == [term.operand];
        ensure(is, || format!("{product} is term {index}"))?;
    }
    if let Some(init) = sum.init {
        ensure(rest == init && call[init.index()], || format!("the sum begins with {init}"))?;
    }
    let waits = sum.terms.is_sorted_by_key(|term| term.carried);
    ensure(waits, || "terms that wait for the previous step come last".into())
}

/// No unit reads what a later phase computes.
pub(in crate::schedule) fn phases(units: &Units<'_>, members: &[NodeId], phases: &Phases) {
    for &id in members {
        let late = |arg: NodeId, phase: Phase| {
            let computed = phases.unit.get(&units.base(arg).0);
            ensure(computed.is_none_or(|p| *p <= phase), || {
                format!("{id} of {phase:?} reads {arg} of {computed:?}")
            })
        };
        match units.affine(id) {
            Some(sum) => {
                for (term, phase) in sum.terms.iter().zip(&phases.terms[&id]) {
                    check(id, late(term.operand, *phase));
                }
            }
            None => {
                for arg in units.args(id) {
                    check(id, late(arg, phases.unit[&id]));
                }
            }
        }
    }
}

/// Inside a phase every unit runs after what it reads, or in its loop where lanes can be shared.
pub(in crate::schedule) fn order(
    units: &Units<'_>,
    members: &[NodeId],
    phases: &Phases,
    order: &Order,
) {
    for &id in members {
        let ready = |arg: NodeId, phase: Phase, stage: usize| {
            let (base, _) = units.base(arg);
            if phases.unit.get(&base) != Some(&phase) {
                return Ok(());
            }
            let at = order.unit[&base];
            let beside = base == arg && order::shares_loop(units, arg, id) && at == stage;
            ensure(beside || at < stage, || {
                format!("{id} on stage {stage} reads {arg} of stage {at}")
            })
        };
        match units.affine(id) {
            Some(sum) => {
                let at = phases.terms[&id].iter().zip(&order.terms[&id]);
                for (term, (&phase, &stage)) in sum.terms.iter().zip(at) {
                    check(
                        id,
                        ensure(!stage.is_multiple_of(2), || "products are on odd stages".into()),
                    );
                    check(id, ready(term.operand, phase, stage));
                }
            }
            None => {
                let stage = order.unit[&id];
                check(id, ensure(stage.is_multiple_of(2), || "loops are on even stages".into()));
                for arg in units.args(id) {
                    check(id, ready(arg, phases.unit[&id], stage));
                }
            }
        }
    }
}

fn check(id: NodeId, result: Check) {
    if let Err(why) = result {
        panic!("bug in rnn-codegen: {id}: {why}");
    }
}
