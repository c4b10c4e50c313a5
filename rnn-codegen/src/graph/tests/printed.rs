//! Printed graphs as snapshots, in `tests/expand` at the root of the repository.

use crate::check::cell::Cell;
use crate::graph::{passes, samples};

fn snapshot(name: &str, cell: &Cell) {
    let source = passes::source(cell);
    let forward = passes::forward(&source, cell);
    let backward = passes::backward(forward.clone(), cell);
    samples::snapshots("../../../../tests/expand").bind(|| {
        insta::assert_snapshot!(format!("{name}_source"), source.display(cell));
        insta::assert_snapshot!(format!("{name}_primitive"), forward.display(cell));
        insta::assert_snapshot!(format!("{name}_gradient"), backward.display(cell));
    });
}

#[test]
fn lstm() {
    snapshot("lstm", &samples::lstm());
}

#[test]
fn gru_reset_after() {
    snapshot("gru_reset_after", &samples::gru_reset_after());
}

#[test]
fn layer_norm() {
    snapshot("layer_norm", &samples::layer_norm());
}
