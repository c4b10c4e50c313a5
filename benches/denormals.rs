//! What states and gradients below the smallest normal number cost, one JSON object a line.
//!
//! ```text
//! cargo bench --bench denormals
//! {"cell":"Leaky","tier":"avx512","pass":"forward","ordinary_us":..,"decaying_us":..,"ratio":..}
//! ```
//!
//! Ordinary inputs are uniform in ±1; decaying ones are halved from step to step, so that states
//! pass through all denormal numbers and, in some cells, stay there. `forward` and `backward`
//! compare runs over the two; `last` compares, over ordinary inputs, a loss of the last step, whose
//! gradient decays on its way to the first, with one of every step. Times are the least of many
//! runs, taken in turns.

#[path = "workloads/pin.rs"]
mod pin;

use std::hint::black_box;
use std::time::Instant;

use ndarray::{Array3, ArrayView2, Axis};
use rnn_runtime::prelude::*;

rnn_runtime::cells::Lstm! { struct Lstm { x: 16, h: 64 } }
rnn_runtime::cells::MinGru! { struct MinGru { x: 16, h: 64 } }
rnn_runtime::cells::IndRnn! { struct IndRnn { x: 16, h: 64 } }
rnn_runtime::cell! {
    /// Units that forget half of what they hold.
    struct Leaky {
        input x: 16;
        state h: 64;
        param W: [h, x];
        h[t] = 0.5 * h + W @ x;
    }
}

const STEPS: usize = 400;
const BATCH: usize = 8;

fn main() -> Result<(), rnn_runtime::Error> {
    // Without `--bench` it runs as a test: once.
    let measures = std::env::args().any(|argument| argument == "--bench");
    let rounds = if measures { 15 } else { 1 };
    pin::to_one_core();
    for tier in Tier::available() {
        compare::<Leaky>(tier, rounds)?;
        compare::<IndRnn>(tier, rounds)?;
        compare::<MinGru>(tier, rounds)?;
        compare::<Lstm>(tier, rounds)?;
    }
    Ok(())
}

/// Prints the lines of a cell on a tier.
fn compare<C: Cell<Scalar = f32>>(tier: Tier, rounds: usize) -> Result<(), rnn_runtime::Error> {
    let mut rng = seeded(3);
    let mut cell = C::init(&mut rng);
    for (info, values) in cell.params_mut() {
        // Nothing is left without inputs: no biases, and recurrent weights of single units below
        // one.
        if info.name.ends_with(".b") {
            values.fill(0.0);
        } else if info.name == "u" {
            values.fill(0.6);
        }
    }
    let inputs = C::GRAPH.input_len();
    let mut uniform = |n| Array3::from_shape_simple_fn((STEPS, BATCH, n), || draw(&mut rng));
    let (ordinary, adjoints) = (uniform(inputs), uniform(C::GRAPH.output_len));
    let mut decaying = ordinary.clone();
    for (t, mut step) in decaying.axis_iter_mut(Axis(0)).enumerate() {
        step.mapv_inplace(|x| x * 0.5_f32.powi(t as i32));
    }
    let every = OutputGradients::outputs(adjoints.view());
    let last: ArrayView2<'_, f32> = adjoints.index_axis(Axis(0), STEPS - 1);
    let last = OutputGradients::last(last);

    let mut runs = [
        Run::new(tier, &cell, &ordinary, every),
        Run::new(tier, &cell, &decaying, every),
        Run::new(tier, &cell, &ordinary, last),
    ];
    for _ in 0..rounds {
        for run in &mut runs {
            run.once()?;
        }
    }
    let [ordinary, decaying, last] = &runs;
    print::<C>(tier, "forward", ordinary.forward, decaying.forward);
    print::<C>(tier, "backward", ordinary.backward, decaying.backward);
    print::<C>(tier, "last", ordinary.backward, last.backward);
    Ok(())
}

fn draw(rng: &mut impl rand::Rng) -> f32 {
    use rand::RngExt as _;
    rng.random::<f32>() * 2.0 - 1.0
}

fn print<C: Cell>(tier: Tier, pass: &str, ordinary: f64, decaying: f64) {
    println!(
        "{{\"cell\":\"{}\",\"tier\":\"{tier}\",\"pass\":\"{pass}\",\"ordinary_us\":{ordinary:.1},\
         \"decaying_us\":{decaying:.1},\"ratio\":{:.3}}}",
        C::GRAPH.name,
        decaying / ordinary
    );
}

/// A recorded run, its gradients, and the least time of either in microseconds.
struct Run<'a, C: Cell<Scalar = f32>> {
    cell: &'a C,
    x: &'a Array3<f32>,
    adjoints: OutputGradients<'a, f32>,
    sequence: Sequence<C>,
    gradient: C,
    forward: f64,
    backward: f64,
}

impl<'a, C: Cell<Scalar = f32>> Run<'a, C> {
    fn new(
        tier: Tier,
        cell: &'a C,
        x: &'a Array3<f32>,
        adjoints: OutputGradients<'a, f32>,
    ) -> Self {
        let (sequence, gradient) = (Sequence::on(tier), C::zeros());
        let (forward, backward) = (f64::INFINITY, f64::INFINITY);
        Run { cell, x, adjoints, sequence, gradient, forward, backward }
    }

    fn once(&mut self) -> Result<(), rnn_runtime::Error> {
        let start = Instant::now();
        black_box(self.sequence.record(self.cell, &[self.x.view()], &[])?);
        self.forward = self.forward.min(micros(start));
        let start = Instant::now();
        black_box(self.sequence.backward(self.cell, &self.adjoints, &mut self.gradient)?);
        self.backward = self.backward.min(micros(start));
        Ok(())
    }
}

fn micros(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}
