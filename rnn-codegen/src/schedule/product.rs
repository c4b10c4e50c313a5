//! Products with stacked weights.
//!
//! All sums that take the same operand become one product: their results stand side by side, and so
//! do the operands that are multiplied into the same result. The packed matrix of a product is put
//! together from rectangles of the parameters.

use std::collections::BTreeSet;

use super::affine::Affine;
use super::order::Order;
use super::phase::{Phase, Phases};
use super::place::{Allocator, Buf, Place};
use super::units::Units;
use super::{Joint, Product, Source, Stage, Start};
use crate::graph::{MatrixRef, NodeId};

/// A packed matrix: which rectangles of which parameters, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pack {
    pub(crate) k: usize,
    pub(crate) n: usize,
    /// Whether an operand waits for the step before.
    pub(crate) waits: bool,
    pub(crate) parts: Vec<Part>,
}

impl Pack {
    /// Entries of its rectangles.
    pub(crate) fn weights(&self) -> usize {
        self.parts.iter().map(|part| part.matrix.len()).sum()
    }
}

/// One rectangle of a [`Pack`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) matrix: MatrixRef,
    /// The sum that the product belongs to.
    pub(crate) sum: NodeId,
    pub(crate) k_at: usize,
    pub(crate) n_at: usize,
}

/// Packed matrices and rows to start from, collected over all passes.
#[derive(Debug, Default)]
pub(crate) struct Products {
    pub(crate) packs: Vec<Pack>,
    /// Call-level vectors and where copies of them start a product.
    pub(crate) starts: Vec<(NodeId, Place)>,
}

/// One matrix times one operand, into one sum.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job {
    phase: Phase,
    stage: usize,
    from: Place,
    k: usize,
    into: Place,
    n: usize,
    matrix: MatrixRef,
    sum: NodeId,
    init: Option<NodeId>,
    /// Whether the operand waits for the step before.
    waits: bool,
}

/// For each sum the products it takes part in, as the order in which their operands are ready. A
/// second product with the same operand is another one.
pub(crate) fn operand_sets(
    units: &Units<'_>,
    sums: &[NodeId],
    phases: &Phases,
    order: &Order,
) -> Vec<BTreeSet<usize>> {
    let mut keys = Vec::new();
    for id in sums {
        let at = phases.terms[id].iter().zip(&order.terms[id]);
        let mut set = BTreeSet::new();
        for (term, (&phase, &stage)) in units.sum(*id).terms.iter().zip(at) {
            let key = |nth| (phase, stage, term.operand, nth);
            let nth = set.range(key(0)..=key(usize::MAX)).count();
            set.insert(key(nth));
        }
        keys.push(set);
    }
    let all: Vec<_> = keys.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let rank = |key: &(Phase, usize, NodeId, usize)| {
        all.binary_search(key).expect("bug in rnn-codegen: a product that is none of all")
    };
    keys.iter().map(|set| set.iter().map(rank).collect()).collect()
}

/// For each operand the sums it goes into.
pub(crate) fn user_sets(
    units: &Units<'_>,
    operands: &[NodeId],
    members: &[NodeId],
) -> Vec<BTreeSet<usize>> {
    let sums = members.iter().enumerate().filter_map(|(i, id)| Some((i, units.affine(*id)?)));
    let sums: Vec<(usize, &Affine)> = sums.collect();
    let uses = |sum: &Affine, operand: NodeId| {
        sum.terms.iter().any(|term| units.base(term.operand).0 == operand)
    };
    let users = |&operand: &NodeId| {
        sums.iter().filter(|(_, sum)| uses(sum, operand)).map(|(i, _)| *i).collect()
    };
    operands.iter().map(users).collect()
}

/// Brings items with overlapping sets next to each other, those with equal sets in one block.
pub(crate) fn arrange(items: &[NodeId], sets: &[BTreeSet<usize>]) -> Vec<Vec<NodeId>> {
    let mut sorted: Vec<(NodeId, &BTreeSet<usize>)> = items.iter().copied().zip(sets).collect();
    sorted.sort_by_key(|&(id, set)| (set.first(), set.last(), set, id));
    let mut blocks: Vec<(&BTreeSet<usize>, Vec<NodeId>)> = Vec::new();
    for (id, set) in sorted {
        match blocks.last_mut() {
            Some((last, block)) if *last == set => block.push(id),
            _ => blocks.push((set, vec![id])),
        }
    }
    blocks.into_iter().map(|(_, block)| block).collect()
}

/// All products of a pass. `place` says where an operand is in a phase, `into` where a sum is.
pub(crate) fn jobs(
    units: &Units<'_>,
    phases: &Phases,
    order: &Order,
    place: impl Fn(NodeId, Phase) -> Place,
    into: impl Fn(NodeId) -> Place,
) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (&id, term_phases) in &phases.terms {
        let sum = units.sum(id);
        for ((term, &phase), &stage) in sum.terms.iter().zip(term_phases).zip(&order.terms[&id]) {
            jobs.push(Job {
                phase,
                stage,
                from: place(term.operand, phase),
                k: units.len(term.operand),
                into: into(id),
                n: units.len(id),
                matrix: term.matrix,
                sum: id,
                init: sum.init,
                waits: term.carried,
            });
        }
    }
    jobs.sort_by_key(|j| (j.phase, j.stage, j.from, j.into, j.matrix));
    jobs
}

/// Groups products and gives each group its packed matrix.
pub(crate) fn stages(
    jobs: Vec<Job>,
    alloc: &mut Allocator,
    products: &mut Products,
) -> Vec<(Phase, usize, Stage)> {
    let mut stages = Vec::new();
    let mut begun = BTreeSet::new();
    for group in merge(jobs) {
        let Job { phase, stage, from, .. } = group[0];
        let k = span(from, group.iter().map(|j| j.from.shift(j.k)));
        for run in runs(&group, &begun, alloc.pad) {
            let into = run[0].into;
            let n = span(into, run.iter().map(|j| j.into.shift(j.n)));
            let start = start(&run, &begun, alloc, products);
            let part = |j: &Job| Part {
                matrix: j.matrix,
                sum: j.sum,
                k_at: j.from.offset - from.offset,
                n_at: j.into.offset - into.offset,
            };
            let (waits, parts) = (run.iter().any(|j| j.waits), run.iter().map(part).collect());
            products.packs.push(Pack { k, n, waits, parts });
            let pack = products.packs.len() - 1;
            let source = Source { from, k, pack };
            let product = Product { source, into, n, start, joint: Joint::None, inline: false };
            stages.push((phase, stage, Stage::Product(product)));
            begun.extend(run.iter().map(|j| j.sum));
        }
    }
    stages
}

/// Values from a place to the last of some ends.
fn span(from: Place, ends: impl Iterator<Item = Place>) -> usize {
    let end = ends.max().expect("bug in rnn-codegen: a product of nothing");
    end.offset - from.offset
}

/// Jobs of one stage whose operands follow one another in memory and go into the same sums become
/// one group; the first job of a group has its first operand.
fn merge(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut operands: Vec<Vec<Job>> = Vec::new();
    for job in jobs {
        let place = |j: &Job| (j.phase, j.stage, j.from, j.k);
        let same = operands.iter_mut().find(|group| {
            place(&group[0]) == place(&job) && group.iter().all(|j| j.sum != job.sum)
        });
        match same {
            Some(group) => group.push(job),
            None => operands.push(vec![job]),
        }
    }
    let mut groups: Vec<Vec<Job>> = Vec::new();
    for operand in operands {
        let sums = |jobs: &[Job]| jobs.iter().map(|j| j.sum).collect::<BTreeSet<_>>();
        let first = operand[0];
        let joined = groups.iter_mut().find(|group| {
            let last = group[group.len() - 1];
            (last.phase, last.stage) == (first.phase, first.stage)
                && last.from.shift(last.k) == first.from
                && sums(group) == sums(&operand)
        });
        match joined {
            Some(group) => group.extend(operand),
            None => groups.push(operand),
        }
    }
    groups
}

/// Splits a group where its results do not stand side by side, or where some are begun already and
/// others are not.
fn runs(group: &[Job], begun: &BTreeSet<NodeId>, pad: usize) -> Vec<Vec<Job>> {
    let mut sorted = group.to_vec();
    sorted.sort_by_key(|j| (j.into, j.from));
    let mut runs: Vec<Vec<Job>> = Vec::new();
    for job in sorted {
        let joined = runs.last_mut().filter(|run| {
            let last = run[run.len() - 1];
            let end = last.into.shift(last.n);
            let next = last.into.shift(last.n.next_multiple_of(pad));
            begun.contains(&last.sum) == begun.contains(&job.sum)
                && (job.into == last.into || job.into == end || job.into == next)
        });
        match joined {
            Some(run) => run.push(job),
            None => runs.push(vec![job]),
        }
    }
    runs
}

fn start(
    run: &[Job],
    begun: &BTreeSet<NodeId>,
    alloc: &mut Allocator,
    products: &mut Products,
) -> Start {
    let (first, last) = (run[0], run[run.len() - 1]);
    if begun.contains(&first.sum) {
        return Start::Keep;
    }
    if run.iter().all(|j| j.init.is_none()) {
        return Start::Zero;
    }
    let n = last.into.offset + last.n - first.into.offset;
    let row = alloc.slot(Buf::Call, n);
    let mut done = BTreeSet::new();
    for job in run {
        if let Some(init) = job.init.filter(|_| done.insert(job.sum)) {
            products.starts.push((init, row.shift(job.into.offset - first.into.offset)));
        }
    }
    Start::Row(row)
}
