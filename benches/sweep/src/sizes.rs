//! The cells of the sweeps.

use rnn_runtime::Error;

use crate::Series;
use crate::measure::{infer, step, train};

/// Steps and batch rows where they are not what is swept.
const STEPS: usize = 8;
const BATCH: usize = 8;

type Figure = fn() -> Result<f64, Error>;

/// Two figures of a cell of each size.
struct Size {
    units: usize,
    lstm: [Figure; 2],
    gru: [Figure; 2],
}

/// A table of sizes, with the cells they need.
macro_rules! table {
    ($($h:tt)+) => {
        &[$({
            mod cells {
                rnn_runtime::cells::Lstm! { pub(super) struct Lstm { x: 16, h: $h } }
                rnn_runtime::cells::Gru! { pub(super) struct Gru { x: 16, h: $h } }
            }
            Size {
                units: $h,
                lstm: [step::<cells::Lstm>, || train::<cells::Lstm>(STEPS, BATCH)],
                gru: [step::<cells::Gru>, || train::<cells::Gru>(STEPS, BATCH)],
            }
        }),+]
    };
}

/// Around whole vectors, which is where sizes differ, and some between them.
#[cfg(not(feature = "all"))]
const SIZES: &[Size] = table!(
    1 2 3 4 5 7 8 9 12 15 16 17 20 23 24 25 31 32 33 40 47 48 49 56 63 64 65 79 80 81 95 96 97 112
    127 128 129 130
);

#[cfg(feature = "all")]
const SIZES: &[Size] = table!(
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35
    36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67
    68 69 70 71 72 73 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99
    100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122 123
    124 125 126 127 128 129 130
);

/// A step and training, over the number of units.
pub(crate) fn over_units() -> Result<Vec<Series>, Error> {
    let mut all = Vec::new();
    for (at, run) in ["step", "train"].into_iter().enumerate() {
        all.push(Series::measure("Lstm", run, SIZES.iter().map(|s| (s.units, s.lstm[at])))?);
        all.push(Series::measure("Gru", run, SIZES.iter().map(|s| (s.units, s.gru[at])))?);
    }
    Ok(all)
}

rnn_runtime::cells::Lstm! { struct Lstm { x: 16, h: 64 } }
rnn_runtime::cells::Gru! { struct Gru { x: 16, h: 64 } }

/// Inference and training, over the batch rows.
pub(crate) fn over_batch() -> Result<Vec<Series>, Error> {
    over(1..=70, |batch| (STEPS, batch))
}

/// Inference and training, over the steps.
pub(crate) fn over_steps() -> Result<Vec<Series>, Error> {
    over(1..=130, |steps| (steps, BATCH))
}

fn over(
    sizes: impl Iterator<Item = usize> + Clone,
    extent: fn(usize) -> (usize, usize),
) -> Result<Vec<Series>, Error> {
    let runs: [(&str, &str, fn(usize, usize) -> Result<f64, Error>); 4] = [
        ("Lstm", "infer", infer::<Lstm>),
        ("Gru", "infer", infer::<Gru>),
        ("Lstm", "train", train::<Lstm>),
        ("Gru", "train", train::<Gru>),
    ];
    let series = |(cell, name, run): (_, _, fn(usize, usize) -> _)| {
        let figure = |size| {
            let (steps, batch) = extent(size);
            (size, move || run(steps, batch))
        };
        Series::measure(cell, name, sizes.clone().map(figure))
    };
    runs.into_iter().map(series).collect()
}
