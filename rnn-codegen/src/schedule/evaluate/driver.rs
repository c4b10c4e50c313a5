//! The passes in the order in which the runtime's drivers take them.

use super::memory::Memory;
use super::stages::Machine;
use super::{Extent, Given, Results};
use crate::check::cell::Cell;
use crate::schedule::{Buf, Copied, Over, Pass, Place, Plan};

type Tensors = Vec<Vec<f64>>;

/// A training run, and the outputs of an inference over the same, which have to be equal.
pub(super) fn run(
    cell: &Cell,
    plan: &Plan,
    extent: Extent,
    given: &Given,
) -> Result<Results, String> {
    let mut driver = Driver::new(cell, plan, extent, given, false);
    let inference = driver.forward()?;
    let mut driver = Driver::new(cell, plan, extent, given, true);
    let (outputs, states) = driver.forward()?;
    let same = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
    if !same(&outputs, &inference.0) {
        return Err("outputs of training and inference differ".into());
    }
    let (inputs, initial) = driver.backward()?;
    Ok(Results { outputs, states, params: driver.machine.gradients, inputs, initial })
}

struct Driver<'p> {
    machine: Machine<'p>,
    extent: Extent,
    given: &'p Given,
}

impl<'p> Driver<'p> {
    fn new(cell: &'p Cell, plan: &'p Plan, extent: Extent, given: &'p Given, taped: bool) -> Self {
        let (memory, joined) = (Memory::new(&plan.alloc), extent.joined);
        let gradients = given.params.iter().map(|p| vec![0.0; p.len()]).collect();
        let params = &given.params[..];
        let machine = Machine { cell, plan, params, memory, taped, joined, gradients };
        Driver { machine, extent, given }
    }

    /// Chunks: first step and number of steps.
    fn chunks(&self) -> Vec<(usize, usize)> {
        let Extent { steps, chunk, .. } = self.extent;
        (0..steps).step_by(chunk).map(|first| (first, chunk.min(steps - first))).collect()
    }

    fn state_places(&self, buf: Buf) -> Vec<(usize, Place)> {
        let plan = self.machine.plan;
        let lens = self.machine.cell.states.iter().map(|state| state.len);
        lens.zip(&plan.states).map(|(len, &at)| (len, Place::new(buf, at))).collect()
    }

    /// Values `[rows, n]` into rows of a buffer that begin with `first`.
    fn load(
        &mut self,
        values: &[f64],
        (place, len): (Place, usize),
        first: usize,
    ) -> Result<(), String> {
        for (row, values) in values.chunks(len).enumerate() {
            self.machine.memory.write(place, first + row, values, len)?;
        }
        Ok(())
    }

    fn once(&mut self) -> Result<(), String> {
        let plan = self.machine.plan;
        self.machine.memory.zero(Buf::Call);
        for &Copied { param, factor, place, .. } in &plan.copies {
            let values = self.given.params[param].iter().map(|value| value * factor.0);
            let values: Vec<f64> = values.collect();
            self.machine.memory.write(place, 0, &values, values.len())?;
        }
        self.machine.stages(&plan.call.stages, 1)
    }

    /// Outputs and final states.
    fn forward(&mut self) -> Result<(Vec<f64>, Tensors), String> {
        let (plan, cell, given) = (self.machine.plan, self.machine.cell, self.given);
        let Extent { steps, batch, chunk, .. } = self.extent;
        self.once()?;
        let memory = &mut self.machine.memory;
        memory.poison(Buf::X, steps * batch);
        memory.poison(Buf::Prev, (chunk + 1) * batch);
        memory.poison(Buf::Tape, (steps + 1) * batch);
        for (i, place) in plan.inputs.iter().enumerate() {
            self.load(&given.inputs[i], (*place, cell.inputs[i].len), 0)?;
        }
        for (i, (len, place)) in self.state_places(Buf::Prev).into_iter().enumerate() {
            self.load(&given.initial[i], (place, len), 0)?;
            if let Some(past) = plan.pasts[i].filter(|past| past.buf == Buf::Tape) {
                self.load(&given.initial[i], (past, len), 0)?;
            }
        }
        let mut outputs = Vec::new();
        for (first, count) in self.chunks() {
            if first > 0 {
                self.machine.memory.copy_rows(Buf::Prev, chunk * batch, batch, 0);
            }
            // What another chunk left must not be read.
            for buf in [Buf::Acc, Buf::Tmp, Buf::Y] {
                self.machine.memory.poison(buf, chunk * batch);
            }
            for pass in &plan.forward.passes {
                self.pass(pass, first, count)?;
            }
            self.see_forward(first, 0);
            let len = cell.output.shape.len();
            for row in 0..count * batch {
                outputs.extend(self.machine.memory.read(plan.output, row, len)?);
            }
        }
        let last = self.chunks().last().map_or(0, |&(_, count)| count);
        self.machine.memory.see(Buf::Prev, last * batch);
        let places = self.state_places(Buf::Prev);
        let states = places.into_iter().map(|(len, place)| self.rows(place, len, batch));
        Ok((outputs, states.collect::<Result<_, _>>()?))
    }

    /// One pass over the chunk of `count` steps that begins with step `first`.
    fn pass(&mut self, pass: &Pass, first: usize, count: usize) -> Result<(), String> {
        let Extent { batch, joined, .. } = self.extent;
        if pass.over != Over::Steps {
            self.see_forward(first, 0);
            return self.machine.stages(&pass.stages, count * batch);
        }
        for t in 0..count {
            self.see_forward(first, t);
            if joined && self.machine.plan.acc_in_step {
                self.machine.memory.poison(Buf::Acc, batch);
                self.machine.memory.see(Buf::Acc, 0);
            }
            self.machine.stages(&pass.stages, batch)?;
        }
        Ok(())
    }

    /// The same backwards, from step `begin` on, whose adjoints begin in `row`.
    fn back_pass(
        &mut self,
        pass: &Pass,
        begin: usize,
        row: usize,
        count: usize,
    ) -> Result<(), String> {
        let batch = self.extent.batch;
        if pass.over != Over::Steps {
            self.see_backward(begin, row);
            return self.machine.stages(&pass.stages, count * batch);
        }
        for t in (0..count).rev() {
            self.see_backward(begin + t, row + t * batch);
            self.machine.memory.poison(Buf::Dprev, batch);
            self.machine.stages(&pass.stages, batch)?;
            self.machine.memory.swap(Buf::Dnext, Buf::Dprev);
        }
        Ok(())
    }

    fn rows(&self, place: Place, len: usize, rows: usize) -> Result<Vec<f64>, String> {
        let rows = (0..rows).map(|row| self.machine.memory.read(place, row, len));
        Ok(rows.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Step `t` of the chunk that begins with step `first`, and what follows it.
    fn see_forward(&mut self, first: usize, t: usize) {
        let batch = self.extent.batch;
        let memory = &mut self.machine.memory;
        memory.see(Buf::X, (first + t) * batch);
        memory.see(Buf::Tape, (first + t + 1) * batch);
        memory.see(Buf::Prev, t * batch);
        memory.see(Buf::Next, (t + 1) * batch);
        for buf in [Buf::Acc, Buf::Tmp, Buf::Y] {
            memory.see(buf, t * batch);
        }
    }

    /// Gradients of inputs and of initial states.
    fn backward(&mut self) -> Result<(Tensors, Tensors), String> {
        let (plan, cell, given) = (self.machine.plan, self.machine.cell, self.given);
        let Extent { steps, batch, chunk, .. } = self.extent;
        let ahead = usize::from(plan.pasts.iter().flatten().any(|past| past.buf == Buf::Dtmp));
        let memory = &mut self.machine.memory;
        for buf in [Buf::Prev, Buf::Acc, Buf::Tmp, Buf::Y] {
            memory.poison(buf, 0);
        }
        for buf in [Buf::Dnext, Buf::Dprev] {
            memory.poison(buf, batch);
        }
        for buf in [Buf::Dy, Buf::Dx, Buf::Dacc, Buf::Dtmp] {
            memory.poison(buf, (chunk + ahead) * batch);
        }
        memory.zero(Buf::BackCall);
        memory.zero(Buf::Sums);
        for (i, (len, place)) in self.state_places(Buf::Dnext).into_iter().enumerate() {
            self.load(&given.last[i], (place, len), 0)?;
        }
        let mut inputs: Vec<Vec<f64>> =
            cell.inputs.iter().map(|p| vec![0.0; steps * batch * p.len]).collect();
        for (first, count) in self.chunks().into_iter().rev() {
            let begin = first.saturating_sub(ahead);
            let end = if first + count == steps { steps } else { first + count - ahead };
            self.segment((first, count), (begin, end), ahead, &mut inputs)?;
            if first > 0 {
                for buf in [Buf::Dy, Buf::Dacc, Buf::Dtmp] {
                    self.machine.memory.copy_rows(buf, 0, ahead * batch, chunk * batch);
                }
            }
        }
        self.machine.stages(&plan.back_call.stages, 1)?;
        let places = self.state_places(Buf::Dnext);
        let initial = places.into_iter().map(|(len, place)| self.rows(place, len, batch));
        Ok((inputs, initial.collect::<Result<_, _>>()?))
    }

    /// The loop over the steps from `begin` to `end`, and the sums over a chunk.
    fn segment(
        &mut self,
        (first, count): (usize, usize),
        (begin, end): (usize, usize),
        ahead: usize,
        inputs: &mut [Vec<f64>],
    ) -> Result<(), String> {
        let (plan, cell, given) = (self.machine.plan, self.machine.cell, self.given);
        let batch = self.extent.batch;
        let row = (begin + ahead - first) * batch;
        let len = cell.output.shape.len();
        let dy = &given.outputs[begin * batch * len..end * batch * len];
        self.machine.memory.see(Buf::Dy, 0);
        self.load(dy, (Place::new(Buf::Dy, 0), len), row)?;
        if first == 0 {
            self.machine.memory.see(Buf::Dtmp, 0);
            for (i, past) in plan.pasts.iter().enumerate() {
                if let Some(past) = past.filter(|past| past.buf == Buf::Dtmp) {
                    self.load(&given.initial[i], (past, cell.states[i].len), 0)?;
                }
            }
        }
        for pass in &plan.backward.passes {
            self.back_pass(pass, begin, row, end - begin)?;
        }
        self.see_backward(begin, row);
        for (i, place) in plan.input_gradients.iter().enumerate() {
            let Some(place) = *place else { continue };
            let len = cell.inputs[i].len;
            let found = self.rows(place, len, (end - begin) * batch)?;
            inputs[i][begin * batch * len..end * batch * len].copy_from_slice(&found);
        }
        self.see_backward(first, ahead * batch);
        self.machine.memory.see(Buf::Dpast, 0);
        self.machine.stages(&plan.sums, count * batch)
    }

    /// From a step on, whose adjoints begin in `row`.
    fn see_backward(&mut self, step: usize, row: usize) {
        let batch = self.extent.batch;
        let memory = &mut self.machine.memory;
        memory.see(Buf::X, step * batch);
        memory.see(Buf::Past, step * batch);
        memory.see(Buf::Tape, (step + 1) * batch);
        for buf in [Buf::Dy, Buf::Dx, Buf::Dacc, Buf::Dtmp] {
            memory.see(buf, row);
        }
    }
}
