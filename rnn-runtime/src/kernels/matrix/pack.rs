//! Packing: parameter matrices into the order in which a product reads them.
//!
//! ```text
//! packed[k, n]:   | panel 0  | panel 1  | rest |     a panel: [k, width], width = 4 (2) vectors,
//!                 | k x 64   | k x 64   | k x w|     the last one as many vectors as are left
//! ```
//!
//! A single column is packed as it is, and ends on a whole vector.

use core::sync::atomic::{AtomicBool, Ordering};

use super::copy::{copy_rows, scale, transpose};
use super::format::{WeightFormat, interleaved};
use super::shapes::Shapes;
use super::{Aligned, PackPart, PackPlan};
use crate::kernels::element::Element;
use crate::kernels::simd::{Machine, Tier, cache, half};

/// A matrix packed for one tier: panels of a few vectors, each `[k, panel width]`, 64-byte aligned.
#[derive(Debug, Clone)]
pub struct Packed<E> {
    data: Aligned<E>,
    k: usize,
    n: usize,
    tier: Tier,
    /// Lanes of a vector, and columns of a full panel.
    widths: [usize; 2],
    /// Bytes of weights that the first-level cache holds until the next step.
    near: usize,
    format: WeightFormat,
    order: ReadingOrder,
    /// Whether sums are added up in two halves.
    halves: bool,
    /// Sizes, tier, halves and format in one number; 0 of weights that no number stands for.
    mark: u64,
}

/// Vectors of a result up to which sums that steps wait for are added up in halves: more of them
/// keep the units that multiply busy by themselves.
const FEW_VECTORS: usize = 4;

/// Length from which on a sum is worth two.
const LONG: usize = 4;

/// Whether the sums of a packed matrix `[k, n]` are added up in two halves.
pub(super) const fn in_halves(k: usize, n: usize, lanes: usize, waits: bool) -> bool {
    waits && k >= LONG && n > 1 && n.div_ceil(lanes) <= FEW_VECTORS
}

/// Sizes, tier and halves of full weights in one number, which takes one comparison; 0 if there is
/// none.
pub(super) const fn mark(k: usize, n: usize, tier: Tier, halves: bool) -> u64 {
    if k >= 1 << 28 || n >= 1 << 28 {
        return 0;
    }
    (k as u64) << 36 | (n as u64) << 8 | (halves as u64) << 7 | (tier as u64 + 1)
}

/// From which end a matrix is read, one time from the first and the next from the last: one that is
/// larger than a cache is then met where it has not left it yet. It changes no result.
#[derive(Debug, Default)]
struct ReadingOrder {
    /// Whether the last panel comes first the next time.
    backwards: AtomicBool,
}

impl Clone for ReadingOrder {
    fn clone(&self) -> Self {
        ReadingOrder::default()
    }
}

impl<E> Packed<E> {
    /// Whether the panels are to be read from the last one on this time.
    pub(super) fn backwards(&self) -> bool {
        // Two threads may read from the same end.
        let backwards = self.order.backwards.load(Ordering::Relaxed);
        self.order.backwards.store(!backwards, Ordering::Relaxed);
        backwards
    }

    /// Length of the source.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Length of the result.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The panels, one after another.
    pub(super) fn data(&self) -> &[E] {
        &self.data
    }

    /// Bytes of weights that are taken to be in the first-level cache still when they are read
    /// again.
    pub(super) fn near(&self) -> usize {
        self.near
    }

    /// How the weights are kept.
    pub(super) fn format(&self) -> WeightFormat {
        self.format
    }

    /// Whether the first half of each sum and the second one are added up apart: two short chains
    /// of multiply-adds in place of a long one, where a step waits for them.
    pub fn halves(&self) -> bool {
        self.halves
    }

    /// Whether it has full weights of these sizes for this tier.
    #[inline(always)]
    pub(super) fn is(&self, mark: u64) -> bool {
        self.mark == mark && mark != 0
    }

    /// The tier it was packed for.
    pub(super) fn tier(&self) -> Tier {
        self.tier
    }
}

impl<E> Default for Packed<E> {
    fn default() -> Self {
        Self {
            data: Aligned::default(),
            k: 0,
            n: 0,
            tier: Tier::Scalar,
            widths: [1, 1],
            near: 0,
            format: WeightFormat::Full,
            order: ReadingOrder::default(),
            halves: false,
            mark: 0,
        }
    }
}

impl<E: Element> Packed<E> {
    /// Keeps the weights in another format, which frees what that saves. For `f32` only: others
    /// stay as they are.
    pub fn narrow(&mut self, format: WeightFormat) {
        if size_of::<E>() != size_of::<[u16; 2]>() {
            return;
        }
        let narrow = match format {
            WeightFormat::Full => return,
            WeightFormat::F16 => half::narrow::<false>,
            WeightFormat::Bf16 => half::narrow::<true>,
        };
        let mut data = Aligned::<E>::zeroed(self.data.len().div_ceil(2));
        let halves = data.as_mut_ptr().cast::<u16>();
        let [lanes, panel] = self.widths;
        let width = self.n.next_multiple_of(lanes);
        let panels = self.n > 1 && format == WeightFormat::Bf16;
        for (i, value) in self.data.iter().enumerate() {
            let at = if panels { interleaved(i, self.k, width, lanes, panel) } else { i };
            // SAFETY: an element has the place of two halves, and there are half as many; weights
            // change places within their row.
            unsafe { halves.add(at).write(narrow(Element::as_f64(*value) as f32)) };
        }
        (self.data, self.format) = (data, format);
        (self.halves, self.mark) = (false, 0);
    }
}

/// Packs `plan` from the flat parameters, reusing the memory of `into`.
#[inline(always)]
pub(super) fn pack<E: Element, S: Shapes<E>>(
    simd: S,
    plan: &PackPlan,
    flat: &[E],
    into: &mut Packed<E>,
) {
    let (width, len) = match plan.n {
        1 => (1, plan.k.next_multiple_of(S::LANES)),
        n => (n.next_multiple_of(S::LANES), plan.k * n.next_multiple_of(S::LANES)),
    };
    into.data.resize(len);
    (into.k, into.n, into.tier) = (plan.k, plan.n, S::TIER);
    into.widths = [S::LANES, S::PANEL * S::LANES];
    into.near = cache::first_level() / 8 * 7;
    into.format = WeightFormat::Full;
    into.halves = in_halves(plan.k, plan.n, S::LANES, plan.waits);
    into.mark = mark(plan.k, plan.n, S::TIER, into.halves);
    let mut covered = 0;
    for part in plan.parts {
        check(plan, part, flat.len());
        covered += part.k * part.n;
    }
    if covered < len {
        into.data.fill(E::zero());
    }
    let full = if plan.n == 1 { 1 } else { S::PANEL * S::LANES };
    for part in plan.parts {
        let (mut n, end) = (part.n_at, part.n_at + part.n);
        while n < end {
            let first = n / full * full;
            let columns = end.min(first + full) - n;
            let target = Target {
                at: into.data[first * plan.k..].as_mut_ptr(),
                width: full.min(width - first),
                column: n - first,
                columns,
            };
            // SAFETY: `check` put the part inside the parameters and inside the plan; the target
            // lies inside the panel that begins at column `first`.
            unsafe { pack_panel(simd, part, flat.as_ptr(), n - part.n_at, target) };
            n += columns;
        }
    }
}

/// Panics unless `part` lies inside its matrix and its plan.
fn check(plan: &PackPlan, part: &PackPart, len: usize) {
    let (rows, columns) = if part.transposed { (part.k, part.n) } else { (part.n, part.k) };
    let end = match rows {
        0 => 0,
        _ => {
            (rows - 1).saturating_mul(part.stride).saturating_add(columns).saturating_add(part.from)
        }
    };
    assert!(end <= len, "{part:?} ends at {end} of {len} parameters");
    let (k, n) = (part.k_at.saturating_add(part.k), part.n_at.saturating_add(part.n));
    assert!(k <= plan.k && n <= plan.n, "{part:?} ends at [{k}, {n}] of [{}, {}]", plan.k, plan.n);
}

/// Where in a panel a piece of a part goes.
struct Target<E> {
    /// The panel, `[k, width]`.
    at: *mut E,
    /// Columns of the panel.
    width: usize,
    /// First column of the piece.
    column: usize,
    /// Columns of the piece.
    columns: usize,
}

/// Writes the columns of `part` from `skip` on to one panel.
///
/// # Safety
/// Part and target lie inside their buffers.
#[inline(always)]
unsafe fn pack_panel<E: Element, S: Machine<E>>(
    simd: S,
    part: &PackPart,
    flat: *const E,
    skip: usize,
    target: Target<E>,
) {
    // SAFETY: the caller's promise: `columns` columns from `skip` on are inside the part, `k` rows
    // of `width` from `k_at` on inside the panel.
    unsafe {
        let into = target.at.add(part.k_at * target.width + target.column);
        if part.transposed {
            let from = flat.add(part.from + skip);
            copy_rows(simd, part.k, target.columns, from, part.stride, into, target.width);
        } else {
            let from = flat.add(part.from + skip * part.stride);
            transpose(part.k, target.columns, from, part.stride, into, target.width);
        }
        if part.factor != 1.0 {
            scale(E::from_f64(part.factor), part.k, target.columns, into, target.width);
        }
    }
}
