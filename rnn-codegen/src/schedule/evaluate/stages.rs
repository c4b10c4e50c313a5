//! One stage over some rows.

use std::collections::BTreeMap;

use super::memory::Memory;
use crate::check::cell::Cell;
use crate::graph::evaluate::{map, zip};
use crate::graph::{MatrixRef, NodeId, Op};
use crate::ops::Shape;
use crate::schedule::{
    ColumnSum, Joint, Lanes, Outer, Plan, Product, Sink, Source, Stage, Start, Unstack,
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
            Stage::Unstack(unstack) => self.unstack(unstack),
        })
    }

    fn padded(&self, len: usize) -> usize {
        len.next_multiple_of(self.plan.alloc.pad)
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
                let end = if store.masked { value.len() } else { self.padded(value.len()) };
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
        let at = |arg: usize, i: usize| args[arg][if args[arg].len() == 1 { 0 } else { i }];
        Ok(match node.op {
            Op::Map(function) => args[0].iter().map(|&x| map(function, x)).collect(),
            Op::Zip(function) => {
                (0..node.shape.len()).map(|i| zip(function, at(0, i), at(1, i))).collect()
            }
            Op::Select => (0..node.shape.len())
                .map(|i| if at(0, i) < at(1, i) { at(2, i) } else { at(3, i) })
                .collect(),
            Op::Sum | Op::Residue => vec![args[0].iter().sum()],
            Op::Largest => vec![args[0].iter().copied().fold(f64::NEG_INFINITY, f64::max)],
            _ => return Err(format!("{id} is no lane operation: {node:?}")),
        })
    }

    fn product(&mut self, product: &Product, row: usize) -> Done {
        match product.joint {
            Joint::Head if self.joined => Ok(()),
            Joint::Tail(head, start) if self.joined => {
                self.sum_up(product, &[head, product.source], start, row)
            }
            Joint::Head | Joint::Tail(..) | Joint::None => {
                self.sum_up(product, &[product.source], product.start, row)
            }
        }
    }

    fn sum_up(&mut self, product: &Product, sources: &[Source], start: Start, row: usize) -> Done {
        let Product { into, n, .. } = *product;
        let mut sums = vec![0.0; n];
        for source in sources {
            let operand = self.memory.read(source.from, row, source.k)?;
            for part in &self.plan.packs[source.pack].parts {
                let product = self.times(part.matrix, &operand[part.k_at..]);
                for (sum, value) in sums[part.n_at..].iter_mut().zip(product) {
                    *sum += value;
                }
            }
        }
        // Between two sums may be a gap, in which nothing is.
        for part in &self.plan.packs[sources[0].pack].parts {
            let len = part.matrix.result_len();
            let first = sources.iter().flat_map(|source| &self.plan.packs[source.pack].parts);
            if !first.take_while(|p| *p != part).all(|p| p.n_at != part.n_at) {
                continue;
            }
            let begin = match start {
                Start::Zero => continue,
                Start::Row(place) => self.memory.read(place.shift(part.n_at), 0, len)?,
                Start::Keep => self.memory.read(into.shift(part.n_at), row, len)?,
            };
            sums[part.n_at..].iter_mut().zip(begin).for_each(|(sum, value)| *sum += value);
        }
        self.memory.write(into, row, &sums, if n == 1 { 1 } else { self.padded(n) })
    }

    /// A rectangle of a parameter times the first values of an operand.
    fn times(&self, matrix: MatrixRef, operand: &[f64]) -> Vec<f64> {
        let mut result = vec![0.0; matrix.result_len()];
        for row in 0..matrix.rows {
            for column in 0..matrix.columns {
                let weight = self.params[matrix.param][self.entry(matrix, row, column)];
                let (to, from) = if matrix.transposed { (column, row) } else { (row, column) };
                result[to] += weight * operand[from];
            }
        }
        result
    }

    /// Where an entry of a rectangle is in its parameter.
    fn entry(&self, matrix: MatrixRef, row: usize, column: usize) -> usize {
        let columns = match self.cell.params[matrix.param].shape {
            Shape::Matrix(_, columns) => columns,
            Shape::Scalar | Shape::Vector(_) => 1,
        };
        (matrix.row + row) * columns + matrix.column + column
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
            total.iter_mut().zip(values).for_each(|(total, value)| *total += value);
        }
        match sum.into {
            Sink::Param(param) => {
                let gradient = &mut self.gradients[param];
                gradient.iter_mut().zip(total).for_each(|(into, value)| *into += value);
                Ok(())
            }
            Sink::BackCall(place) | Sink::Sums(place) => {
                let old = self.memory.read(place, 0, sum.len)?;
                let new: Vec<f64> = old.iter().zip(total).map(|(a, b)| a + b).collect();
                self.memory.write(place, 0, &new, sum.len)
            }
        }
    }

    fn unstack(&mut self, unstack: &Unstack) -> Done {
        let Unstack { matrix, from, stride, transposed } = *unstack;
        for row in 0..matrix.rows {
            for column in 0..matrix.columns {
                let (r, c) = if transposed { (column, row) } else { (row, column) };
                let value = self.memory.read(from.shift(r * stride + c), 0, 1)?;
                let entry = self.entry(matrix, row, column);
                self.gradients[matrix.param][entry] += value[0];
            }
        }
        Ok(())
    }
}
