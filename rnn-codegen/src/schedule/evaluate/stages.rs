//! One stage over some rows.

use std::collections::BTreeMap;

use super::memory::Memory;
use crate::check::cell::Cell;
use crate::graph::evaluate::{add, lanes, times};
use crate::graph::{MatrixRef, MatrixSource, NodeId, Op};
use crate::ops::Shape;
use crate::schedule::{
    ColumnSum, Lanes, Outer, Plan, Product, Scatter, Sink, Source, Stage, Start,
};

type Done<T = ()> = Result<T, String>;

/// What stages see.
pub(super) struct Machine<'p> {
    pub(super) cell: &'p Cell,
    pub(super) plan: &'p Plan,
    pub(super) params: &'p [Vec<f64>],
    pub(super) memory: Memory<'p>,
    pub(super) taped: bool,
    pub(super) joined: bool,
    /// Gradients of the parameters.
    pub(super) gradients: Vec<Vec<f64>>,
}

type Values = BTreeMap<NodeId, Vec<f64>>;

impl Machine<'_> {
    pub(super) fn stages(&mut self, stages: &[Stage], rows: usize) -> Done {
        stages.iter().try_for_each(|stage| match stage {
            Stage::Lanes(loops) => (0..rows).try_for_each(|row| self.lanes(loops, row)),
            Stage::Product(product) => (0..rows).try_for_each(|row| self.product(product, row)),
            Stage::Outer(outer) => self.outer(outer, rows),
            Stage::ColumnSum(sum) => self.column_sum(sum, rows),
            Stage::Scatter(scatter) => self.scatter(scatter),
        })
    }

    fn lanes(&mut self, loops: &[Lanes], row: usize) -> Done {
        let graph = &self.plan.graph;
        let mut scalars = Values::new();
        for lanes in loops {
            let mut values = scalars.clone();
            for load in &lanes.loads {
                let node = graph.node(load.node);
                let value = match (&node.op, load.from) {
                    (Op::Const(number), None) => vec![number.0; node.shape.len()],
                    (_, Some(place)) => self.memory.read(place, row, node.shape.len())?,
                    (_, None) => return Err(format!("{} is read from nowhere", load.node)),
                };
                values.insert(load.node, value);
            }
            for &id in &lanes.nodes {
                let value = self.value(id, &values)?;
                values.insert(id, value);
            }
            for store in lanes.stores.iter().filter(|store| self.taped || !store.tape) {
                let value = values.get(&store.node).ok_or("a store of what is not there")?;
                let end = store.written(value.len(), &self.plan.alloc);
                self.memory.write(store.place, row, value, end)?;
            }
            values.retain(|id, _| graph.shape(*id) == Shape::Scalar);
            scalars = values;
        }
        Ok(())
    }

    fn value(&self, id: NodeId, values: &Values) -> Done<Vec<f64>> {
        let node = self.plan.graph.node(id);
        let args = node.args.iter().map(|arg| values.get(arg).map(|value| &value[..]));
        let args: Vec<&[f64]> =
            args.collect::<Option<_>>().ok_or(format!("an operand of {id} is not there"))?;
        lanes(&node.op, &args, node.shape.len())
            .ok_or_else(|| format!("{id} is no lane operation: {node:?}"))
    }

    fn product(&mut self, product: &Product, row: usize) -> Done {
        match product.taken(self.joined) {
            Some((sources, start)) => self.sum_up(product, &sources, start, row),
            None => Ok(()),
        }
    }

    fn sum_up(&mut self, product: &Product, sources: &[Source], start: Start, row: usize) -> Done {
        let Product { into, n, .. } = *product;
        let mut sums = vec![0.0; n];
        // Between two sums may be a gap, in which nothing is.
        let mut parts = BTreeMap::new();
        for source in sources {
            let operand = self.memory.read(source.from, row, source.k)?;
            for part in &self.plan.packs[source.pack].parts {
                let (MatrixSource::Param(param), columns) = self.matrix(part.matrix);
                let all = &self.params[param];
                let product = times(part.matrix, columns, all, &operand[part.k_at..]);
                add(&mut sums[part.n_at..], &product);
                parts.insert(part.n_at, product.len());
            }
        }
        for (at, len) in parts {
            let begin = match start {
                Start::Zero => continue,
                Start::Row(place) => self.memory.read(place.shift(at), 0, len)?,
                Start::Keep => self.memory.read(into.shift(at), row, len)?,
            };
            add(&mut sums[at..], &begin);
        }
        self.memory.write(into, row, &sums, product.written(&self.plan.alloc))
    }

    /// Of which matrix a rectangle is, and the entries of a row there.
    fn matrix(&self, rectangle: MatrixRef) -> (MatrixSource, usize) {
        let (_, columns) = rectangle.source.extent(self.cell);
        (rectangle.source, columns)
    }

    fn outer(&mut self, outer: &Outer, rows: usize) -> Done {
        for row in 0..rows {
            let adjoints = self.memory.read(outer.adjoints, row, outer.n)?;
            let mut into = outer.into;
            for &(place, len) in &outer.operands {
                for value in self.memory.read(place, row, len)? {
                    let sums = self.memory.read(into, 0, outer.n)?;
                    let sums: Vec<f64> =
                        sums.iter().zip(&adjoints).map(|(sum, a)| sum + value * a).collect();
                    self.memory.write(into, 0, &sums, outer.n)?;
                    into = into.shift(outer.stride);
                }
            }
        }
        Ok(())
    }

    fn column_sum(&mut self, sum: &ColumnSum, rows: usize) -> Done {
        let mut total = vec![0.0; sum.len];
        for row in 0..rows {
            let values = self.memory.read(sum.from, row, sum.len)?;
            add(&mut total, &values);
        }
        match sum.into {
            Sink::Param(param) => {
                add(&mut self.gradients[param], &total);
                Ok(())
            }
            Sink::BackCall(place) | Sink::Sums(place) => {
                add(&mut total, &self.memory.read(place, 0, sum.len)?);
                self.memory.write(place, 0, &total, sum.len)
            }
        }
    }

    fn scatter(&mut self, scatter: &Scatter) -> Done {
        let Scatter { matrix, from, stride, transposed } = *scatter;
        let (MatrixSource::Param(param), columns) = self.matrix(matrix);
        for row in 0..matrix.rows {
            for column in 0..matrix.columns {
                let (r, c) = if transposed { (column, row) } else { (row, column) };
                let value = self.memory.read(from.shift(r * stride + c), 0, 1)?;
                self.gradients[param][matrix.entry(columns, row, column)] += value[0];
            }
        }
        Ok(())
    }
}
