//! Stages over rows, run for one row over symbols: loops over lanes, and products.

use std::collections::{BTreeMap, BTreeSet};

use super::memory::{Memory, Piece, What, list, pieces, whole};
use super::{Check, ensure};
use crate::graph::{Graph, NodeId, Op, Zip};
use crate::ops::Shape;
use crate::schedule::affine::Affine;
use crate::schedule::{Buf, Lanes, Load, Place, Plan, Product, Source, Stage, Start, Store};

/// A row of every buffer, and how the stages are run.
#[derive(Debug)]
pub(super) struct Row<'p> {
    pub(super) plan: &'p Plan,
    pub(super) memory: Memory,
    /// Whether what only the backward pass reads is stored.
    pub(super) taped: bool,
    /// Whether steps take the products of inputs and states in one.
    pub(super) joined: bool,
    /// The order in which each sum got its terms.
    pub(super) chains: BTreeMap<NodeId, Vec<usize>>,
}

impl<'p> Row<'p> {
    pub(super) fn new(plan: &'p Plan, taped: bool, joined: bool) -> Self {
        Row { plan, memory: Memory::default(), taped, joined, chains: BTreeMap::new() }
    }

    fn graph(&self) -> &'p Graph {
        &self.plan.graph
    }

    pub(super) fn stages(&mut self, stages: &[Stage]) -> Check {
        stages.iter().try_for_each(|stage| match stage {
            Stage::Lanes(loops) => self.lanes(loops),
            Stage::Product(product) => self.product(product),
            Stage::Outer(_) | Stage::ColumnSum(_) | Stage::Scatter(_) => {
                Err("sums over rows stand after all else".into())
            }
        })
    }

    /// That a place holds this value, all of it.
    pub(super) fn holds(&self, place: Place, id: NodeId) -> Check {
        let found = self.memory.read(place, self.graph().shape(id).len());
        let wanted = whole(self.graph(), id);
        ensure(found == wanted, || format!("{id} is to be in {place}, where {} is", list(&found)))
    }

    /// Puts a value where the driver has it.
    pub(super) fn given(&mut self, place: Place, id: NodeId) {
        self.memory.write(place, whole(self.graph(), id));
    }

    pub(super) fn inside(&self, place: Place, len: usize) -> Check {
        let row = self.plan.alloc.stride_of(place.buf);
        ensure(place.offset + len <= row, || {
            format!("{len} values from {place} end beyond its row of {row}")
        })
    }

    /// That nothing is at a place yet.
    pub(super) fn free(&self, place: Place, len: usize) -> Check {
        let found = self.memory.read(place, len);
        ensure(found.iter().all(|piece| piece.what == What::Nothing), || {
            format!("a write of {len} values to {place} meets {}", list(&found))
        })
    }

    fn lanes(&mut self, loops: &[Lanes]) -> Check {
        let mut scalars = BTreeSet::new();
        for (index, lanes) in loops.iter().enumerate() {
            let mut registers = scalars.clone();
            for load in &lanes.loads {
                self.load(load, &mut registers)?;
            }
            let mut totals = BTreeSet::new();
            for &id in &lanes.nodes {
                let args = &self.graph().node(id).args;
                if let Some(arg) = args.iter().find(|arg| !registers.contains(arg)) {
                    return Err(format!("{id} reads {arg}, which no register holds"));
                }
                let reduced = lanes.reduces(self.graph(), id);
                if reduced {
                    totals.insert(id)
                } else {
                    registers.insert(id)
                };
            }
            self.contracted(lanes, &loops[index + 1..])?;
            let kept: BTreeSet<NodeId> = registers.union(&totals).copied().collect();
            let taped = self.taped;
            for store in lanes.stores.iter().filter(|store| taped || !store.tape) {
                self.store(lanes, store, &kept)?;
            }
            let scalar = |id: &NodeId| self.graph().shape(*id) == Shape::Scalar;
            scalars.extend(kept.into_iter().filter(scalar));
        }
        Ok(())
    }

    fn load(&self, load: &Load, registers: &mut BTreeSet<NodeId>) -> Check {
        let shape = self.graph().shape(load.node);
        match load.from {
            Some(place) => {
                self.holds(place, load.node)?;
                let whole =
                    if shape == Shape::Scalar { 1 } else { self.plan.alloc.padded(shape.len()) };
                self.inside(place, whole)?;
            }
            None => {
                let number = matches!(self.graph().node(load.node).op, Op::Const(_));
                ensure(number, || format!("{} is no number, and read from nowhere", load.node))?;
            }
        }
        registers.insert(load.node);
        Ok(())
    }

    fn store(&mut self, lanes: &Lanes, store: &Store, kept: &BTreeSet<NodeId>) -> Check {
        let Store { node, place, .. } = *store;
        ensure(kept.contains(&node), || format!("{node} is stored, which no register holds"))?;
        let single = lanes.reduces(self.graph(), node) || lanes.shape == Shape::Scalar;
        let len = if single { 1 } else { lanes.shape.len() };
        ensure(len == self.graph().shape(node).len(), || format!("{node} is stored whole"))?;
        let end = store.written(len, &self.plan.alloc);
        self.inside(place, end)?;
        self.free(place, end).map_err(|why| format!("{node}: {why}"))?;
        for load in lanes.loads.iter().filter(|load| self.graph().shape(load.node).len() > 1) {
            let Some(from) = load.from.filter(|from| from.buf == place.buf) else { continue };
            let size = self.graph().shape(load.node).len();
            let apart = from.offset + size <= place.offset || place.offset + end <= from.offset;
            ensure(apart, || format!("a loop stores {node} over {} while it reads", load.node))?;
        }
        self.memory.write(place, whole(self.graph(), node));
        Ok(())
    }

    /// Contracted products are read by one addition and by nothing else.
    fn contracted(&self, lanes: &Lanes, after: &[Lanes]) -> Check {
        for &id in &lanes.contracted {
            let node = self.graph().node(id);
            let reads = |lanes: &Lanes| lanes.used(self.graph()).filter(|read| *read == id).count();
            let added = lanes.nodes.iter().any(|&n| {
                let user = self.graph().node(n);
                matches!(user.op, Op::Zip(Zip::Add | Zip::Sub)) && user.args.contains(&id)
            });
            let later = node.shape == Shape::Scalar && after.iter().any(|l| reads(l) > 0);
            let alone = node.op == Op::Zip(Zip::Mul) && added && reads(lanes) == 1 && !later;
            ensure(alone, || {
                format!("{id} is contracted although more than one addition reads it")
            })?;
        }
        Ok(())
    }

    fn product(&mut self, product: &Product) -> Check {
        match product.taken(self.joined) {
            Some((sources, start)) => self.sum_up(product, &sources, start),
            None => Ok(()),
        }
    }

    fn sum_up(&mut self, product: &Product, sources: &[Source], start: Start) -> Check {
        let Product { into, n, .. } = *product;
        for Source { from, k, .. } in sources {
            ensure(from.buf != into.buf, || format!("a product reads and writes {into}"))?;
            self.inside(*from, *k)?;
        }
        let end = product.written(&self.plan.alloc);
        self.inside(into, end)?;
        let begun = if matches!(start, Start::Keep) { n } else { 0 };
        self.free(into.shift(begun), end - begun)?;
        let mut columns = BTreeMap::new();
        for part in sources.iter().flat_map(|source| &self.plan.packs[source.pack].parts) {
            columns.entry(part.sum).or_insert(part.n_at);
        }
        let mut covered = 0;
        for (&sum, &at) in &columns {
            covered += self.graph().shape(sum).len();
            self.column(sum, into.shift(at), at, sources, start)
                .map_err(|why| format!("{sum}: {why}"))?;
        }
        ensure(covered <= n, || format!("a product of {n} results has {covered}"))
    }

    /// Adds the terms of one sum.
    fn column(
        &mut self,
        sum: NodeId,
        into: Place,
        at: usize,
        sources: &[Source],
        start: Start,
    ) -> Check {
        let plan = self.plan;
        let affine = plan.affines.get(&sum).ok_or("no sum of products")?;
        let len = self.graph().shape(sum).len();
        let mut terms = self.begin(sum, affine, into, at, start)?;
        for source in sources {
            let pack = &plan.packs[source.pack];
            let mut parts: Vec<_> = pack.parts.iter().filter(|part| part.sum == sum).collect();
            parts.sort_by_key(|part| part.k_at);
            let mut end = 0;
            for part in parts {
                ensure(part.k_at == end && part.n_at == at, || {
                    format!("its parts leave no gap and do not overlap in {pack:?}")
                })?;
                let size = part.matrix.operand_len();
                end += size;
                let found = self.memory.read(source.from.shift(part.k_at), size);
                let index = affine.terms.iter().position(|term| {
                    term.matrix == part.matrix && whole(self.graph(), term.operand) == found
                });
                let index = index.filter(|index| !terms.contains(index));
                terms.push(index.ok_or_else(|| {
                    format!("no term is {:?} times {}", part.matrix, list(&found))
                })?);
            }
            ensure(end == source.k, || format!("it reads {end} of {} operands", source.k))?;
        }
        if terms.len() == affine.terms.len() {
            self.memory.write(into, pieces(self.graph(), sum, 0, len));
            self.chains.insert(sum, terms);
        } else {
            let what = What::Partial(sum, terms);
            self.memory.write(into, vec![Piece { what, start: 0, len }]);
        }
        Ok(())
    }

    /// The terms that a sum has before a product adds to it.
    fn begin(
        &self,
        sum: NodeId,
        affine: &Affine,
        into: Place,
        at: usize,
        start: Start,
    ) -> Check<Vec<usize>> {
        let len = self.graph().shape(sum).len();
        match start {
            Start::Zero => {
                ensure(affine.init.is_none(), || "it begins with its bias".into())?;
                Ok(Vec::new())
            }
            Start::Row(place) => {
                let place = place.shift(at);
                ensure(place.buf == Buf::Call, || format!("it begins in {place}"))?;
                match affine.init {
                    Some(init) => self.holds(place, init)?,
                    // What nothing is written to is zero.
                    None => self.free(place, len)?,
                }
                Ok(Vec::new())
            }
            Start::Keep => match &self.memory.read(into, len)[..] {
                [Piece { what: What::Partial(id, terms), start: 0, .. }] if *id == sum => {
                    Ok(terms.clone())
                }
                found => Err(format!("it is to be continued where {} is", list(found))),
            },
        }
    }
}
