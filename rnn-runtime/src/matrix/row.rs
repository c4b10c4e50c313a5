//! The product of a single row, as streaming does it: many vectors of the result at once, so that the
//! chains of multiply-adds overlap.

use super::product::Job;
use super::vectors::{Budget, load, store};
use crate::element::Element;
use crate::simd::{Lanes, Simd};

/// One row over neighbouring panels.
#[derive(Clone, Copy)]
struct Pass<E> {
    /// The source, `[k]`.
    from: *const E,
    /// Length of the sum.
    k: usize,
    /// The first panel.
    panel: *const E,
    /// What the sums begin with.
    start: *const E,
    /// Distance between columns of `start`, 0 or 1.
    start_step: usize,
    /// The result.
    into: *mut E,
}

/// A product of one row: the panels, split evenly over passes.
///
/// # Safety
/// The job's pointers are good for its sizes and one row.
#[inline(always)]
pub(super) unsafe fn product_row<E: Element, S: Simd<E>>(simd: S, job: Job<E>) {
    let full = S::PANEL * S::LANES;
    let panels = job.width.div_ceil(full);
    let passes = panels.div_ceil(most_panels::<E, S>());
    let (small, larger) = (panels / passes, panels % passes);
    let mut column = 0;
    for p in 0..passes {
        // The larger passes come last, where the last panel may be a narrow one.
        let count = small + usize::from(p + larger >= passes);
        let columns = (count * full).min(job.width - column);
        let (panels, rest) = (columns / full, columns % full / S::LANES);
        // SAFETY: the columns lie inside the job.
        unsafe {
            let pass = Pass {
                from: job.from,
                k: job.k,
                panel: job.panels.add(column * job.k),
                start: job.start.add(column * job.start_step),
                start_step: job.start_step,
                into: job.into.add(column),
            };
            pass_of_shape(simd, panels, rest, pass);
        }
        column += columns;
    }
}

/// The most panels of a pass: 16 accumulators of 32 registers, 12 of 16.
#[inline(always)]
const fn most_panels<E: Element, S: Simd<E>>() -> usize {
    if S::WIDE { 4 } else { 6 }
}

/// Calls the pass of `$panels` full panels and `$rest` vectors of a last one.
macro_rules! pass_of {
    ($simd:ident, $pass:ident, $panels:ident, $rest:ident, $full:literal:
        $($p:literal $r:literal),*) => {
        match ($panels, $rest) {
            $(($p, $r) => pass::<E, S, $p, $full, $r>($simd, $pass),)*
            _ => unreachable!("a pass of {} panels and {} vectors", $panels, $rest),
        }
    };
}

/// A pass of run-time shape.
///
/// # Safety
/// The pass's pointers are good for its `k`, `panels` full panels and `rest` vectors.
#[inline(always)]
unsafe fn pass_of_shape<E: Element, S: Simd<E>>(
    simd: S,
    panels: usize,
    rest: usize,
    pass_: Pass<E>,
) {
    // SAFETY: the caller's promise.
    unsafe {
        if S::WIDE {
            pass_of!(simd, pass_, panels, rest, 4:
                0 1, 0 2, 0 3, 1 0, 1 1, 1 2, 1 3, 2 0, 2 1, 2 2, 2 3, 3 0, 3 1, 3 2, 3 3, 4 0);
        } else {
            pass_of!(simd, pass_, panels, rest, 2:
                0 1, 1 0, 1 1, 2 0, 2 1, 3 0, 3 1, 4 0, 4 1, 5 0, 5 1, 6 0);
        }
    }
}

/// One row over `PANELS` panels of `FULL` vectors and one of `REST`.
///
/// # Safety
/// The pass's pointers are good for its `k` and these panels.
#[inline(always)]
unsafe fn pass<
    E: Element,
    S: Simd<E>,
    const PANELS: usize,
    const FULL: usize,
    const REST: usize,
>(
    simd: S,
    pass: Pass<E>,
) {
    let (panel, rest) = (pass.k * FULL * S::LANES, pass.k * PANELS * FULL * S::LANES);
    let zero = simd.splat(E::zero());
    let mut acc = [[zero; FULL]; PANELS];
    let mut tail = [zero; REST];
    // SAFETY: the caller's promise; `panel` is the size of a full panel, `rest` where the last begins.
    unsafe {
        for (p, lanes) in acc.iter_mut().enumerate() {
            for (v, lane) in lanes.iter_mut().enumerate() {
                *lane = load(simd, pass.start.add((p * FULL + v) * S::LANES * pass.start_step));
            }
        }
        for (v, lane) in tail.iter_mut().enumerate() {
            *lane = load(simd, pass.start.add((PANELS * FULL + v) * S::LANES * pass.start_step));
        }
        for k in 0..pass.k {
            let value = simd.splat(*pass.from.add(k));
            for (p, lanes) in acc.iter_mut().enumerate() {
                for (v, lane) in lanes.iter_mut().enumerate() {
                    let weight = pass.panel.add(p * panel + (k * FULL + v) * S::LANES);
                    *lane = value.mul_add(load(simd, weight), *lane);
                }
            }
            for (v, lane) in tail.iter_mut().enumerate() {
                let weight = pass.panel.add(rest + (k * REST + v) * S::LANES);
                *lane = value.mul_add(load(simd, weight), *lane);
            }
        }
        for (p, lanes) in acc.into_iter().enumerate() {
            for (v, lane) in lanes.into_iter().enumerate() {
                store(lane, pass.into.add((p * FULL + v) * S::LANES));
            }
        }
        for (v, lane) in tail.into_iter().enumerate() {
            store(lane, pass.into.add((PANELS * FULL + v) * S::LANES));
        }
    }
}
