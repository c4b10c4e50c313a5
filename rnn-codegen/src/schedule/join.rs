//! Products that a step can take in one.
//!
//! An input product is taken for all steps of a chunk at once: that fills the register tiles when
//! the batch is small. When the batch fills them by itself, the step rather takes it together with
//! the state's product, and the sums in between need not go through memory. Which it is, the driver
//! decides, for it knows the batch; the bits of the result are the same.

use super::place::{Buf, Place};
use super::{Joint, Over, Product, Stage, Start, Sweep};

/// Marks the pairs of the forward pass, whose loops have their loads. True if then no product
/// result is used outside its step; `output` is where the output is found.
pub(crate) fn join(forward: &mut Sweep, output: Place) -> bool {
    for at in 1..forward.passes.len() {
        let (before, after) = forward.passes.split_at_mut(at);
        if let ([.., rows], [steps, ..]) = (before, after)
            && (rows.over, steps.over) == (Over::Rows, Over::Steps)
        {
            pairs(&mut rows.stages, &mut steps.stages);
        }
    }
    output.buf != Buf::Acc && !forward.stages_over(Over::Rows).any(touches)
}

/// Marks the pairs of a pass over rows and the loop after it.
fn pairs(rows: &mut [Stage], steps: &mut [Stage]) {
    for index in 0..rows.len() {
        let Stage::Product(head) = &rows[index] else { continue };
        let (head, source, start) = (head.clone(), head.source, head.start);
        if rows.iter().filter_map(product).filter(|p| meets(p, &head)).count() != 1 {
            continue;
        }
        // What begins anew must be the first to add to any of the results.
        let first = steps.iter_mut().find_map(|stage| match stage {
            Stage::Product(p) if meets(p, &head) => Some(p),
            _ => None,
        });
        if let Some(tail) = first.filter(|tail| continues(tail, &head)) {
            tail.joint = Joint::Tail(source, start);
            let head = Product { joint: Joint::Head, ..head };
            rows[index] = Stage::Product(head);
        }
    }
}

fn product(stage: &Stage) -> Option<&Product> {
    match stage {
        Stage::Product(product) => Some(product),
        _ => None,
    }
}

/// True if a product writes into the results of `head`.
fn meets(product: &Product, head: &Product) -> bool {
    let (from, to) = (head.into.offset, head.into.offset + head.n);
    let into = product.into;
    into.buf == head.into.buf && into.offset < to && into.offset + product.n > from
}

/// True if `tail` adds to exactly the results of `head`.
fn continues(tail: &Product, head: &Product) -> bool {
    matches!(tail.start, Start::Keep)
        && matches!(tail.joint, Joint::None)
        && (tail.into, tail.n) == (head.into, head.n)
}

/// True if a stage touches product results that are not left to the step.
fn touches(stage: &Stage) -> bool {
    let left = matches!(stage, Stage::Product(p) if matches!(p.joint, Joint::Head));
    let writes = if left { Vec::new() } else { stage.writes() };
    stage.reads().into_iter().chain(writes).any(|place| place.buf == Buf::Acc)
}
