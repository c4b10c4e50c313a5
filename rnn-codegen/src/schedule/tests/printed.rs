//! Printed plans as snapshots, in `tests/expand` at the root of the repository.

use super::planned;
use crate::check::cell::Cell;
use crate::graph::samples;

fn snapshot(name: &str, cell: &Cell) {
    let (_, plan) = planned(cell);
    samples::snapshots("../../../../tests/expand")
        .bind(|| insta::assert_snapshot!(format!("{name}_plan"), plan.display(cell)));
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

#[test]
fn call_level() {
    snapshot("call_level", &samples::call_level());
}

#[test]
fn unusual_roots() {
    snapshot("unusual_roots", &samples::unusual_roots());
}
