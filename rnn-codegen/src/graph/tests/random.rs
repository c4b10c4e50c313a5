//! Cells made at random: passes keep their values and gradients, and end.

use super::gradients::check_at;
use super::values::check_passes;
use crate::graph::evaluate::Point;
use crate::graph::samples::random;

#[test]
fn random_cells() {
    for seed in 0..100 {
        let cell = random::cell(seed);
        check_passes(&cell);
        check_at(&cell, [Point::random(&cell, seed)]);
    }
}
