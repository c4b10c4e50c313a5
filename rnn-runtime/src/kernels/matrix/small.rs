//! Products of a single row whose sizes the compiler knows, compiled into the step that takes them.

use core::hint::black_box;
use core::ops::Range;

use super::dot::operand;
use super::pack::{in_halves, mark};
use super::product::wrong;
use super::shapes::Shapes;
use super::{RowsMut, Source, Start};
use crate::kernels::element::Element;

/// Most vectors of a result that are kept in registers at once, of a tier with `panel` vectors in a
/// panel, and of any tier.
const fn most(panel: usize) -> usize {
    6 * panel
}
const MOST: usize = 24;

/// Most groups of vectors of a result; each of them takes its own loop over the operand.
const GROUPS: usize = 8;

/// How many groups the vectors of `n` results make.
const fn groups<E: Element, S: Shapes<E>>(n: usize) -> usize {
    n.div_ceil(S::LANES).div_ceil(most(S::PANEL))
}

/// Most results of a product that is compiled into its caller: as many as the tier's registers hold
/// at once, and in a few groups where there is never more than one row. None where nothing is
/// optimised: it would take longer to compile than all else.
pub(super) const fn most_results<E: Element, S: Shapes<E>>() -> [usize; 2] {
    let at_once = if cfg!(debug_assertions) { 0 } else { most(S::PANEL) * S::LANES };
    [at_once, GROUPS * at_once]
}

/// A product of one row to `N` results of sources of `K` and `L` values. False, and nothing done,
/// if the weights are not of these sizes, for this tier and of full width, as they are where a plan
/// and its packs belong together, or the results are too many.
#[inline(always)]
pub(super) fn small_row<
    E: Element,
    S: Shapes<E>,
    const N: usize,
    const K: usize,
    const L: usize,
    const WAITS: bool,
>(
    simd: S,
    sources: &[Source<'_, E>],
    into: RowsMut<'_, E>,
    start: Start<'_, E>,
) -> bool {
    if const { groups::<E, S>(N) > GROUPS } {
        return false;
    }
    // All is checked before anything is in a register: what is skipped later would spill them.
    let Some(panels) = panels::<E, S, N, K, L, WAITS>(sources) else { return false };
    if const { N == 1 } {
        single::<E, S, K, L>(simd, panels, into, start);
        return true;
    }
    let width = N.next_multiple_of(S::LANES);
    into.check(1, width, "result");
    if let Start::Row(row) = start
        && row.len() < width
    {
        wrong("values to start from, a result of", row.len(), width);
    }
    let result = into.data[into.offset..].as_mut_ptr();
    // SAFETY: `width` values of the result were checked, and as many to start from; the panels are
    // those of `N` columns, and the sources have as many values as rows.
    unsafe {
        let start = match start {
            Start::Zero => core::ptr::null(),
            Start::Row(row) => row.as_ptr(),
            Start::Keep => result.cast_const(),
        };
        group::<E, S, N, K, L, WAITS, 0>(simd, panels, result, start);
        group::<E, S, N, K, L, WAITS, 1>(simd, panels, result, start);
        group::<E, S, N, K, L, WAITS, 2>(simd, panels, result, start);
        group::<E, S, N, K, L, WAITS, 3>(simd, panels, result, start);
        group::<E, S, N, K, L, WAITS, 4>(simd, panels, result, start);
        group::<E, S, N, K, L, WAITS, 5>(simd, panels, result, start);
        group::<E, S, N, K, L, WAITS, 6>(simd, panels, result, start);
        group::<E, S, N, K, L, WAITS, 7>(simd, panels, result, start);
    }
    true
}

/// The vectors of group `G`, if there is one, from `start` on, or from zero if that is null.
///
/// # Safety
/// Result and start have whole vectors of `N` values; the rest as for [`add`].
#[inline(always)]
unsafe fn group<
    E: Element,
    S: Shapes<E>,
    const N: usize,
    const K: usize,
    const L: usize,
    const WAITS: bool,
    const G: usize,
>(
    simd: S,
    panels: [Panels<'_, E>; 2],
    result: *mut E,
    start: *const E,
) {
    if const { G >= groups::<E, S>(N) } {
        return;
    }
    let Range { start: first, end } = const { vectors::<E, S, N, G>() };
    let mut acc = [simd.splat(E::zero()); MOST];
    // SAFETY: the caller's promise; the vectors are some of the result's.
    unsafe {
        if !start.is_null() {
            for v in first..end {
                acc[v - first] = simd.load(start.add(v * S::LANES));
            }
        }
        if const { L == 0 } {
            add::<E, S, N, K, WAITS, G>(simd, panels[0], &mut acc);
        } else {
            add::<E, S, N, K, false, G>(simd, panels[0], &mut acc);
            add::<E, S, N, L, WAITS, G>(simd, panels[1], &mut acc);
        }
        simd.settle(&mut acc[..end - first]);
        for v in first..end {
            simd.store(acc[v - first], result.add(v * S::LANES));
        }
    }
}

/// Which vectors of the result a group has: the groups are even, the first ones larger by one where
/// that does not come out.
#[inline(always)]
const fn vectors<E: Element, S: Shapes<E>, const N: usize, const G: usize>() -> Range<usize> {
    let (all, groups) = (N.div_ceil(S::LANES), groups::<E, S>(N));
    let (small, larger) = (all / groups, all % groups);
    let first = G * small + if G < larger { G } else { larger };
    first..first + small + if G < larger { 1 } else { 0 }
}

/// Operand and weights of one source.
#[derive(Clone, Copy)]
struct Panels<'a, E> {
    values: &'a [E],
    weights: *const E,
}

/// Those of each source, nothing of one that is not there.
#[inline(always)]
fn panels<
    'a,
    E: Element,
    S: Shapes<E>,
    const N: usize,
    const K: usize,
    const L: usize,
    const WAITS: bool,
>(
    sources: &[Source<'a, E>],
) -> Option<[Panels<'a, E>; 2]> {
    let nothing = Panels { values: &[], weights: core::ptr::null() };
    match sources {
        [first] if L == 0 => Some([of::<E, S, N, K, WAITS>(first)?, nothing]),
        [first, second] => {
            Some([of::<E, S, N, K, false>(first)?, of::<E, S, N, L, WAITS>(second)?])
        }
        _ => None,
    }
}

/// Those of a source, of `K` values and `N` results.
#[inline(always)]
fn of<'a, E: Element, S: Shapes<E>, const N: usize, const K: usize, const WAITS: bool>(
    source: &Source<'a, E>,
) -> Option<Panels<'a, E>> {
    let Source { from, packed } = *source;
    let fits = packed.is(const { mark(K, N, S::TIER, in_halves(K, N, S::LANES, WAITS)) });
    debug_assert!(fits, "weights of other sizes, another tier or format: {K} to {N}");
    from.check(1, K, "source");
    fits.then(|| Panels { values: &from.data[from.offset..], weights: packed.data().as_ptr() })
}

/// Length from which on a sum is a loop: written out, the compiler would load weights far ahead and
/// run out of registers.
const ROLLED: usize = 20;

/// Adds one source's products to the accumulators of group `G` of `N` results.
///
/// # Safety
/// There are `K` values, and the panels of as many rows of `N` columns.
#[inline(always)]
unsafe fn add<
    E: Element,
    S: Shapes<E>,
    const N: usize,
    const K: usize,
    const WAITS: bool,
    const G: usize,
>(
    simd: S,
    source: Panels<'_, E>,
    acc: &mut [S::Reg; MOST],
) {
    // SAFETY: the caller's promise, for rows below `K`.
    unsafe {
        if const { !in_halves(K, N, S::LANES, WAITS) } {
            let pairs = if K < ROLLED { K / 2 } else { black_box(K / 2) };
            for pair in 0..pairs {
                row::<E, S, N, K, G>(simd, source, 2 * pair, acc);
                row::<E, S, N, K, G>(simd, source, 2 * pair + 1, acc);
            }
            if K % 2 == 1 {
                row::<E, S, N, K, G>(simd, source, K - 1, acc);
            }
            return;
        }
        let mut rest = [simd.splat(E::zero()); MOST];
        // The halves in turn, so that both are under way at once.
        let first = K / 2;
        for k in 0..if K < ROLLED { first } else { black_box(first) } {
            row::<E, S, N, K, G>(simd, source, k, acc);
            row::<E, S, N, K, G>(simd, source, first + k, &mut rest);
        }
        if K % 2 == 1 {
            row::<E, S, N, K, G>(simd, source, K - 1, &mut rest);
        }
        for (value, rest) in acc.iter_mut().zip(rest).take(N.div_ceil(S::LANES)) {
            *value = simd.add(*value, rest);
        }
    }
}

/// Adds row `k` of a source's panels times its value.
///
/// # Safety
/// As for [`add`], and there is such a row.
#[inline(always)]
unsafe fn row<E: Element, S: Shapes<E>, const N: usize, const K: usize, const G: usize>(
    simd: S,
    Panels { values, weights }: Panels<'_, E>,
    k: usize,
    acc: &mut [S::Reg; MOST],
) {
    let Range { start, end } = const { vectors::<E, S, N, G>() };
    let all = N.div_ceil(S::LANES);
    // SAFETY: the caller's promise; panels follow one another, the last may be narrower.
    unsafe {
        let value = simd.splat(*values.as_ptr().add(k));
        for v in start..end {
            let first = v / S::PANEL * S::PANEL;
            let width = if all - first < S::PANEL { all - first } else { S::PANEL };
            let at = (first * K + k * width + v - first) * S::LANES;
            acc[v - start] = simd.mul_add(value, simd.load(weights.add(at)), acc[v - start]);
        }
    }
}

/// A product with a single result, as [`dot`](super::dot::dot) has it.
#[inline(always)]
fn single<E: Element, S: Shapes<E>, const K: usize, const L: usize>(
    simd: S,
    panels: [Panels<'_, E>; 2],
    into: RowsMut<'_, E>,
    start: Start<'_, E>,
) {
    let result = &mut into.data[into.offset];
    let value = match start {
        Start::Zero => E::zero(),
        Start::Row(start) => start[0],
        Start::Keep => *result,
    };
    // SAFETY: each source has as many values as it has weights, which end on a whole vector.
    *result = unsafe {
        let value = value + sum::<E, S, K>(simd, panels[0]);
        if const { L == 0 } { value } else { value + sum::<E, S, L>(simd, panels[1]) }
    };
}

/// The sum over one source.
///
/// # Safety
/// There are `K` values, and as many weights, which end on a whole vector.
#[inline(always)]
unsafe fn sum<E: Element, S: Shapes<E>, const K: usize>(simd: S, source: Panels<'_, E>) -> E {
    let mut acc = simd.splat(E::zero());
    for at in (0..K).step_by(S::LANES) {
        // SAFETY: the caller's promise.
        unsafe {
            let value = operand(simd, source.values, at, K);
            acc = simd.mul_add(value, simd.load(source.weights.add(at)), acc);
        }
    }
    simd.sum(acc)
}
