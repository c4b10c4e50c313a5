//! Generated kernels against the interpreter of the same equations, both in `f32`: seven cells of
//! three sizes, forward and training.
//!
//! Throughput counts the floating-point operations of products, so `Gelem/s` reads as GFLOP/s.

mod problem;

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use rnn_runtime::{Cell, Error};

use crate::problem::{Problem, product_flops};

/// Makes a module of three sizes and a benchmark of each family.
macro_rules! cells {
    ($($bench:ident = $family:ident;)+) => {$(
        mod $bench {
            rnn_runtime::cells::$family! { pub(crate) struct Small { x: 4, h: 16 } }
            rnn_runtime::cells::$family! { pub(crate) struct Medium { x: 32, h: 64 } }
            rnn_runtime::cells::$family! { pub(crate) struct Large { x: 64, h: 128 } }
        }

        fn $bench(criterion: &mut Criterion) {
            let name = stringify!($bench);
            forward_and_training::<$bench::Small>(criterion, name, 16, 32);
            forward_and_training::<$bench::Medium>(criterion, name, 32, 32);
            forward_and_training::<$bench::Large>(criterion, name, 32, 64);
        }
    )+};
}

cells! {
    lstm = Lstm;
    gru = Gru;
    elman = Elman;
    peephole_lstm = PeepholeLstm;
    layer_norm_lstm = LayerNormLstm;
    min_gru = MinGru;
    ind_rnn = IndRnn;
}

/// Forward and training on both sides, `steps` steps of `batch` rows.
fn forward_and_training<C: Cell<Scalar = f32>>(
    criterion: &mut Criterion,
    name: &str,
    batch: usize,
    steps: usize,
) {
    let flops = (steps * batch * product_flops(C::GRAPH)) as u64;
    let [input, hidden] = [C::GRAPH.input_len(), C::GRAPH.states[0].len];
    let size = format!("B{batch}_I{input}_H{hidden}_T{steps}");
    let mut problem = match Problem::<C>::new(steps, batch) {
        Ok(problem) => problem,
        Err(error) => panic!("{name} {size}: {error}"),
    };

    let mut group = criterion.benchmark_group(format!("{name}/forward"));
    group.throughput(Throughput::Elements(flops));
    time(&mut group, "generated", &size, || problem.forward());
    time(&mut group, "interpreter", &size, || problem.interpret_forward());
    group.finish();

    let mut group = criterion.benchmark_group(format!("{name}/training"));
    group.throughput(Throughput::Elements(3 * flops));
    time(&mut group, "generated", &size, || problem.train());
    time(&mut group, "interpreter", &size, || problem.interpret_train());
    group.finish();
}

fn time(
    group: &mut BenchmarkGroup<'_, WallTime>,
    side: &str,
    size: &str,
    mut run: impl FnMut() -> Result<(), Error>,
) {
    group.bench_function(BenchmarkId::new(side, size), |bencher| {
        bencher.iter(|| run().expect("the problem's arrays have the cell's shapes"));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = lstm, gru, elman, peephole_lstm, layer_norm_lstm, min_gru, ind_rnn
}
criterion_main!(benches);
