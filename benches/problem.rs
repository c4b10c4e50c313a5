//! One problem to be timed: a cell with weights, its data, and the memory that runs over it need.
//!
//! What is trained is the sum of `h_t * r_t` with a fixed random tensor `r`, so that the output of
//! each step gets a gradient. Weights are uniform in `±1/sqrt(H)`, inputs and `r` standard normal,
//! initial states zero; all from one seed.

use std::hint::black_box;

use ndarray::{Array2, Array3};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rnn_runtime::graph::{CellGraph, Init, Op, ParamInfo, Shape};
use rnn_runtime::reference::{Adjoints, Reference};
use rnn_runtime::sequence::{InputGradients, OutputGradients, Sequence};
use rnn_runtime::{Cell, Error};

/// A cell and its data, for the generated kernels and for the interpreter.
pub(crate) struct Problem<C: Cell<Scalar = f32>> {
    cell: C,
    /// Inputs `[T, B, I]`.
    x: Array3<f32>,
    /// What the outputs are weighted with in the loss `[T, B, O]`.
    r: Array3<f32>,
    sequence: Sequence<C>,
    output: Array3<f32>,
    gradient: C,
    input_gradients: InputGradients<f32>,
    reference: Reference<'static, f32>,
}

impl<C: Cell<Scalar = f32>> Problem<C> {
    /// A problem over `steps` steps of `batch` rows.
    pub(crate) fn new(steps: usize, batch: usize) -> Result<Self, Error> {
        let mut rng = StdRng::seed_from_u64(7);
        let cell = random_cell::<C>(&mut rng)?;
        let x = random_array((steps, batch, C::GRAPH.input_len()), &mut rng)?;
        let r = random_array((steps, batch, C::GRAPH.output_len), &mut rng)?;
        let initial = C::GRAPH.states.iter().map(|state| Array2::zeros((batch, state.len)));
        Ok(Problem {
            reference: Reference::new(C::GRAPH, cell.as_slice())?,
            output: Array3::zeros(r.dim()),
            gradient: C::zeros(),
            input_gradients: InputGradients {
                inputs: vec![Array3::zeros(x.dim())],
                initial: initial.collect(),
            },
            sequence: Sequence::new(),
            cell,
            x,
            r,
        })
    }

    /// The generated forward pass, nothing kept for a gradient.
    pub(crate) fn forward(&mut self) -> Result<(), Error> {
        let Problem { cell, x, sequence, output, .. } = self;
        sequence.forward_into(cell, &[x.view()], &[], output.view_mut())?;
        black_box(output);
        Ok(())
    }

    /// The generated kernels on one step of training: forward and backward with all gradients. The
    /// weights count as changed since the last, as they are after an optimiser's update.
    pub(crate) fn train(&mut self) -> Result<(), Error> {
        let Problem { cell, x, r, sequence, output, gradient, input_gradients, .. } = self;
        black_box(cell.as_mut_slice());
        sequence.record_into(cell, &[x.view()], &[], output.view_mut())?;
        sequence.backward_into(
            cell,
            &OutputGradients::outputs(r.view()),
            gradient,
            input_gradients,
        )?;
        black_box((output, gradient, input_gradients));
        Ok(())
    }

    /// [`forward`](Self::forward) by the interpreter.
    pub(crate) fn interpret_forward(&mut self) -> Result<(), Error> {
        black_box(self.reference.forward(&[self.x.view()], &[])?);
        Ok(())
    }

    /// [`train`](Self::train) by the interpreter, which takes the weights anew as well.
    pub(crate) fn interpret_train(&mut self) -> Result<(), Error> {
        self.reference = Reference::new(C::GRAPH, self.cell.as_slice())?;
        let tape = self.reference.record(&[self.x.view()], &[])?;
        let adjoints = Adjoints { outputs: Some(self.r.view()), states: &[] };
        black_box(tape.backward(&adjoints)?);
        Ok(())
    }
}

/// A cell with all parameters uniform in `±1/sqrt(H)`, `H` the length of its first state.
pub(crate) fn random_cell<C: Cell<Scalar = f32>>(rng: &mut StdRng) -> Result<C, Error> {
    let mut cell = C::zeros();
    let hidden = C::GRAPH.states.first().map_or(1, |state| state.len);
    draw(Init::UniformFan(hidden), cell.as_mut_slice(), rng)?;
    Ok(cell)
}

/// Standard normal values `[T, B, n]`.
pub(crate) fn random_array(
    shape: (usize, usize, usize),
    rng: &mut StdRng,
) -> Result<Array3<f32>, Error> {
    let mut values = Array3::zeros(shape);
    draw(Init::Normal(1.0), values.as_slice_mut().unwrap_or_default(), rng)?;
    Ok(values)
}

fn draw(init: Init, values: &mut [f32], rng: &mut StdRng) -> Result<(), Error> {
    let shape = Shape::Vector(values.len());
    let info = ParamInfo { name: "data", shape, offset: 0, init, trainable: false };
    rnn_runtime::init::fill(&info, values, rng)
}

/// Floating-point operations of the products of one step of one row, forwards. Training takes three
/// times as many: the gradients of a product by its weights and by its operand cost as much each.
pub(crate) fn product_flops(graph: &CellGraph) -> usize {
    let multiply_adds = |op| match op {
        Op::Product { param, .. } => graph.params[param].shape.len(),
        _ => 0,
    };
    2 * graph.nodes.iter().map(|node| multiply_adds(node.op)).sum::<usize>()
}
