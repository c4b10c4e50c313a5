//! A plan as text: what snapshots, messages of the verifier and those who read it see.
//!
//! ```text
//! plan    = { "row " buffer ": [" length "]" } { copy } { packed } { phase } { result } [ joint ]
//! copy    = "copy " place " = " parameter                           once a call
//! packed  = "packed " number ": [" k " -> " n "] = " { matrix " at [" k ", " n "]" }
//! phase   = title ":" { stage }
//! stage   = place " = " [ place " + " ] place " @ packed " number   a product, from a bias or zero
//!         | place " += " place " @ packed " number                  one that continues a sum
//!         | "joined: " stage                                        with the one before the loop
//!         | "lanes [" length "]:" { load } { value } { store }      a loop, for each row
//!         | place " += outer(" place { ", " place } "; " place ")"  sums over rows
//!         | place " += " place
//!         | "gradient " parameter " += " place [ ".T" ]
//! load    = value " <- " place
//! value   = a line of a graph's let-form
//! store   = place " <- " value
//! place   = buffer "[" from ".." to "]"
//! result  = "output at " place
//!         | state " before a step: " place " of the step before"
//!         | "adjoint " input " at " place
//! joint   = "joined steps share a row of acc"
//! ```
//!
//! In brackets after a line stands how it is done: `masked`, `prefetch`, `contracted`, `training`,
//! `inline`, `unless joined`.

use std::fmt;

use super::{
    Copied, Joint, Lanes, Load, Outer, Pack, Phase, Place, Plan, Product, Sink, Source, Stage,
    Start, Store,
};
use crate::check::cell::Cell;
use crate::graph::NodeId;
use crate::schedule::Buf;

/// A plan with the cell that it was made from, for its names.
pub(crate) struct Printed<'a> {
    plan: &'a Plan,
    cell: &'a Cell,
}

impl Plan {
    /// The plan as text.
    pub(crate) fn display<'a>(&'a self, cell: &'a Cell) -> Printed<'a> {
        Printed { plan: self, cell }
    }

    /// All stages in the order in which they run, under the title of their pass.
    fn titled(&self) -> Vec<(String, &[Stage])> {
        let mut titled: Vec<(String, &[Stage])> = vec![("once a call".into(), &self.call.stages)];
        for (direction, sweep) in [("forward", &self.forward), ("backward", &self.backward)] {
            titled.extend(sweep.phases().map(|(phase, pass)| {
                let rows = match phase {
                    Phase::Before => "all rows before the steps",
                    Phase::Step => "each step",
                    Phase::After => "all rows after the steps",
                };
                (format!("{direction}, {rows}"), &pass.stages[..])
            }));
        }
        titled.push(("sums over all rows".into(), &self.sums));
        titled.push(("once a backward pass".into(), &self.back_call.stages));
        titled
    }
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let buffers = Buf::ALL.iter().copied().filter(|buf| buf.has_own_layout());
        let rows = buffers.map(|buf| (buf, self.plan.alloc.stride_of(buf)));
        for (buf, row) in rows.filter(|&(_, row)| row > 0) {
            writeln!(f, "row {buf}: [{row}]")?;
        }
        for &Copied { param, factor, place, .. } in &self.plan.copies {
            let param = &self.cell.params[param];
            let times = if factor.0 == 1.0 { String::new() } else { format!(" * {}", factor.0) };
            writeln!(f, "copy {} = {}{times}", at(place, param.shape.len()), param.name)?;
        }
        for (index, pack) in self.plan.packs.iter().enumerate() {
            self.pack(f, index, pack)?;
        }
        for (title, stages) in self.plan.titled().iter().filter(|(_, s)| !s.is_empty()) {
            writeln!(f, "{title}:")?;
            stages.iter().try_for_each(|stage| self.stage(f, stage))?;
        }
        self.results(f)
    }
}

/// `len` values at a place.
fn at(place: Place, len: usize) -> String {
    format!("{}[{}..{}]", place.buf, place.offset, place.offset + len)
}

/// Words in brackets, those that apply.
fn marks(marks: &[(bool, &str)]) -> String {
    let words: Vec<&str> = marks.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    if words.is_empty() { String::new() } else { format!("  ({})", words.join(", ")) }
}

impl Printed<'_> {
    fn value(&self, id: NodeId) -> String {
        self.plan.graph.display(self.cell).value(id)
    }

    fn pack(&self, f: &mut fmt::Formatter<'_>, index: usize, pack: &Pack) -> fmt::Result {
        let part = |part: &super::Part| {
            let name = self.plan.graph.display(self.cell).matrix(part.matrix);
            format!("{name} at [{}, {}]", part.k_at, part.n_at)
        };
        let parts: Vec<String> = pack.parts.iter().map(part).collect();
        writeln!(f, "packed {index}: [{} -> {}] = {}", pack.k, pack.n, parts.join(", "))
    }

    fn stage(&self, f: &mut fmt::Formatter<'_>, stage: &Stage) -> fmt::Result {
        match stage {
            Stage::Lanes(loops) => loops.iter().try_for_each(|lanes| self.lanes(f, lanes)),
            Stage::Product(product) => self.product(f, product),
            Stage::Outer(outer) => self.outer(f, outer),
            Stage::ColumnSum(sum) => {
                let into = match sum.into {
                    Sink::Param(param) => format!("gradient {}", self.cell.params[param].name),
                    Sink::BackCall(place) | Sink::Sums(place) => at(place, sum.len),
                };
                writeln!(f, "  {into} += {}", at(sum.from, sum.len))
            }
            Stage::Scatter(scatter) => {
                let matrix = self.plan.graph.display(self.cell).matrix(scatter.matrix);
                let transposed = if scatter.transposed { ".T" } else { "" };
                let (rows, columns) = scatter.extent();
                let from = at(scatter.from, (rows - 1) * scatter.stride + columns);
                writeln!(f, "  gradient {matrix} += {from}{transposed}")
            }
        }
    }

    fn product(&self, f: &mut fmt::Formatter<'_>, product: &Product) -> fmt::Result {
        let into = at(product.into, product.n);
        let of =
            |source: &Source| format!("{} @ packed {}", at(source.from, source.k), source.pack);
        let begin = |start: Start| match start {
            Start::Zero => format!("{into} = "),
            Start::Row(place) => format!("{into} = {} + ", at(place, product.n)),
            Start::Keep => format!("{into} += "),
        };
        let head = matches!(product.joint, Joint::Head);
        let marks = marks(&[(head, "unless joined"), (product.inline, "inline")]);
        writeln!(f, "  {}{}{marks}", begin(product.start), of(&product.source))?;
        match &product.joint {
            Joint::Tail(first, start) => {
                let (first, own) = (of(first), of(&product.source));
                writeln!(f, "    joined: {}{first} + {own}", begin(*start))
            }
            Joint::None | Joint::Head => Ok(()),
        }
    }

    fn lanes(&self, f: &mut fmt::Formatter<'_>, lanes: &Lanes) -> fmt::Result {
        writeln!(f, "  lanes [{}]:", lanes.shape.len())?;
        for Load { node, from, prefetch } in &lanes.loads {
            if let Some(place) = from {
                let from = at(*place, self.plan.graph.shape(*node).len());
                let marks = marks(&[(*prefetch, "prefetch")]);
                writeln!(f, "    {} <- {from}{marks}", self.value(*node))?;
            }
        }
        for &id in &lanes.nodes {
            let marks = marks(&[(lanes.contracted.contains(&id), "contracted")]);
            writeln!(f, "    {}{marks}", self.plan.graph.display(self.cell).line(id))?;
        }
        for Store { node, place, tape, masked, prefetch } in &lanes.stores {
            let into = at(*place, self.plan.graph.shape(*node).len());
            let marks = marks(&[(*tape, "training"), (*masked, "masked"), (*prefetch, "prefetch")]);
            writeln!(f, "    {into} <- {}{marks}", self.value(*node))?;
        }
        Ok(())
    }

    fn outer(&self, f: &mut fmt::Formatter<'_>, outer: &Outer) -> fmt::Result {
        let operands: Vec<String> =
            outer.operands.iter().map(|&(place, len)| at(place, len)).collect();
        let into = at(outer.into, outer.rows() * outer.stride);
        let adjoints = at(outer.adjoints, outer.n);
        writeln!(f, "  {into} += outer({}; {adjoints})", operands.join(", "))
    }

    /// Where the drivers find what they hand over or give back.
    fn results(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan;
        writeln!(f, "output at {}", at(plan.output, self.cell.output.shape.len()))?;
        for (state, place) in self.cell.states.iter().zip(&plan.pasts) {
            if let Some(place) = place {
                let name = &state.name;
                writeln!(f, "{name} before a step: {} of the step before", at(*place, state.len))?;
            }
        }
        for (input, place) in self.cell.inputs.iter().zip(&plan.input_gradients) {
            if let Some(place) = place {
                writeln!(f, "adjoint {} at {}", input.name, at(*place, input.len))?;
            }
        }
        if plan.acc_in_step { writeln!(f, "joined steps share a row of acc") } else { Ok(()) }
    }
}
