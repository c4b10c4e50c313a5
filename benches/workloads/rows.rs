//! The table of workloads.

use rnn_runtime::graph::CellGraph;
use rnn_runtime::simd::Tier;
use rnn_runtime::{Cell, Error};

use crate::cells::{
    Elman128, Gru16Dense, Gru64, Gru128, IndRnn, Lstm8, Lstm8Fast, Lstm16, Lstm40Dense, Lstm64,
    Lstm128, Lstm512, Lstm512Bf16, Lstm512F16, Mgu, MinGru, NormLstm, Peephole, Step16, Step24,
    Step32, Step64,
};
use crate::problem::{Problem, product_flops};
use crate::steps;
use crate::stream;
use crate::timing::{Effort, Sample, measure};

/// All rows, in the order in which they run when none is named.
pub(crate) const ROWS: [Row; 57] = [
    Row::stream::<Lstm8>("stream-lstm-8"),
    Row::stream::<Lstm40Dense>("stream-lstm-40"),
    Row::stream::<Gru16Dense>("stream-gru-16"),
    Row::stream::<Lstm8Fast>("stream-lstm-8-fast"),
    Row::stream::<Step16>("stream-lstm-16"),
    Row::stream::<Step24>("stream-lstm-24"),
    Row::stream::<Step32>("stream-lstm-32"),
    Row::stream::<Step64>("stream-lstm-64"),
    Row::stream::<steps::Lstm8>("step-lstm-8"),
    Row::stream::<steps::Lstm8Out>("step-lstm-8-out"),
    Row::stream::<steps::Lstm8Skip>("step-lstm-8-skip"),
    Row::stream::<steps::Lstm16>("step-lstm-16"),
    Row::stream::<steps::Lstm16Out>("step-lstm-16-out"),
    Row::stream::<steps::Lstm16Skip>("step-lstm-16-skip"),
    Row::stream::<steps::Lstm24>("step-lstm-24"),
    Row::stream::<steps::Lstm24Out>("step-lstm-24-out"),
    Row::stream::<steps::Lstm24Skip>("step-lstm-24-skip"),
    Row::stream::<steps::Lstm32>("step-lstm-32"),
    Row::stream::<steps::Lstm32Out>("step-lstm-32-out"),
    Row::stream::<steps::Lstm32Skip>("step-lstm-32-skip"),
    Row::stream::<steps::Lstm40>("step-lstm-40"),
    Row::stream::<steps::Lstm40Out>("step-lstm-40-out"),
    Row::stream::<steps::Lstm40Skip>("step-lstm-40-skip"),
    Row::stream::<steps::Lstm64>("step-lstm-64"),
    Row::stream::<steps::Lstm64Out>("step-lstm-64-out"),
    Row::stream::<steps::Lstm64Skip>("step-lstm-64-skip"),
    Row::stream::<steps::Gru8>("step-gru-8"),
    Row::stream::<steps::Gru8Out>("step-gru-8-out"),
    Row::stream::<steps::Gru8Skip>("step-gru-8-skip"),
    Row::stream::<steps::Gru16>("step-gru-16"),
    Row::stream::<steps::Gru16Out>("step-gru-16-out"),
    Row::stream::<steps::Gru16Skip>("step-gru-16-skip"),
    Row::stream::<steps::Gru24>("step-gru-24"),
    Row::stream::<steps::Gru24Out>("step-gru-24-out"),
    Row::stream::<steps::Gru24Skip>("step-gru-24-skip"),
    Row::stream::<steps::Gru32>("step-gru-32"),
    Row::stream::<steps::Gru32Out>("step-gru-32-out"),
    Row::stream::<steps::Gru32Skip>("step-gru-32-skip"),
    Row::stream::<steps::Peephole16>("step-peephole-16"),
    Row::stream::<steps::Mgu16>("step-mgu-16"),
    Row::stream::<steps::Lem16>("step-lem-16"),
    Row::stream::<steps::MadeUp16>("step-made-up-16"),
    Row::infer::<Lstm64>("seq-lstm-64", Size { steps: 128, batch: 1 }),
    Row::infer::<Gru64>("seq-gru-64", Size { steps: 128, batch: 1 }),
    Row::infer::<Lstm512>("seq-lstm-512", Size { steps: 64, batch: 1 }),
    Row::infer::<Lstm512F16>("seq-lstm-512-f16", Size { steps: 64, batch: 1 }),
    Row::infer::<Lstm512Bf16>("seq-lstm-512-bf16", Size { steps: 64, batch: 1 }),
    Row::train::<Lstm16>("train-tiny", Size { steps: 32, batch: 16 }),
    Row::train::<Lstm128>("train-lstm-128", Size { steps: 64, batch: 32 }),
    Row::train::<Gru128>("train-gru-128", Size { steps: 64, batch: 32 }),
    Row::train::<Elman128>("train-rnn-128", Size { steps: 64, batch: 32 }),
    Row::train::<Lstm512>("train-lstm-512", Size { steps: 64, batch: 64 }),
    Row::train::<Peephole>("custom-peephole", Size { steps: 64, batch: 32 }),
    Row::train::<Mgu>("custom-mgu", Size { steps: 64, batch: 32 }),
    Row::train::<MinGru>("custom-mingru", Size { steps: 64, batch: 32 }),
    Row::train::<NormLstm>("custom-lnlstm", Size { steps: 64, batch: 32 }),
    Row::train::<IndRnn>("custom-indrnn", Size { steps: 64, batch: 32 }),
];

/// One workload.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: &'static str,
    /// Length and batch of the sequence; one step of one row where the state is kept.
    size: Size,
    /// Whether it is training, or forward alone.
    trains: bool,
    graph: &'static CellGraph,
    /// The instructions of the generated kernels.
    pub(crate) tier: fn() -> Tier,
    generated: Run,
    interpreted: Run,
}

type Run = fn(Size, Effort) -> Result<Sample, Error>;

/// Extent of a sequence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    steps: usize,
    batch: usize,
}

/// Who computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// The generated kernels.
    Ours,
    /// The interpreter of the same equations.
    Interpreter,
}

impl Row {
    const fn stream<C: Cell<Scalar = f32>>(name: &'static str) -> Row {
        Row {
            name,
            size: Size { steps: 1, batch: 1 },
            trains: false,
            graph: C::GRAPH,
            tier: C::tier,
            generated: |_, effort| stream::generated::<C>(effort),
            interpreted: |_, effort| stream::interpreted::<C>(effort),
        }
    }

    const fn infer<C: Cell<Scalar = f32>>(name: &'static str, size: Size) -> Row {
        Row {
            name,
            size,
            trains: false,
            graph: C::GRAPH,
            tier: C::tier,
            generated: |size, effort| time::<C>(size, effort, Problem::forward),
            interpreted: |size, effort| time::<C>(size, effort, Problem::interpret_forward),
        }
    }

    const fn train<C: Cell<Scalar = f32>>(name: &'static str, size: Size) -> Row {
        Row {
            name,
            size,
            trains: true,
            graph: C::GRAPH,
            tier: C::tier,
            generated: |size, effort| time::<C>(size, effort, Problem::train),
            interpreted: |size, effort| time::<C>(size, effort, Problem::interpret_train),
        }
    }

    /// Times it.
    ///
    /// # Errors
    /// None unless the row contradicts its cell.
    pub(crate) fn run(&self, peer: Peer, effort: Effort) -> Result<Sample, Error> {
        let run = match peer {
            Peer::Ours => self.generated,
            Peer::Interpreter => self.interpreted,
        };
        run(self.size(effort), effort)
    }

    /// Floating-point operations of the products of a training run, forwards and backwards; `None`
    /// for rows without training.
    pub(crate) fn training_flops(&self, effort: Effort) -> Option<f64> {
        let Size { steps, batch } = self.size(effort);
        self.trains.then(|| (3 * steps * batch * product_flops(self.graph)) as f64)
    }

    fn size(&self, effort: Effort) -> Size {
        let Size { steps, batch } = self.size;
        match effort {
            Effort::Measure => self.size,
            Effort::Once => Size { steps: steps.min(2), batch: batch.min(2) },
        }
    }
}

fn time<C: Cell<Scalar = f32>>(
    Size { steps, batch }: Size,
    effort: Effort,
    run: fn(&mut Problem<C>) -> Result<(), Error>,
) -> Result<Sample, Error> {
    let mut problem = Problem::new(steps, batch)?;
    measure(effort, 1, || run(&mut problem))
}
