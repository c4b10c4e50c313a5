//! Products with packed matrices, and packing.

use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::{
    Kernels, PackPart, PackPlan, Packed, Rows, RowsMut, Source, Start,
};
use rnn_runtime::__v0_1::simd::{Lanes, Tier};
use rnn_runtime::element::Element;

use crate::operands::{Operand, SIZES, assert_close, numbers, on_all_tiers};

/// A plan of one part: `param` is `[n, k]`, dense.
fn whole(k: usize, n: usize) -> PackPlan {
    let part =
        PackPart { from: 0, stride: k, k_at: 0, n_at: 0, k, n, transposed: false, factor: 1.0 };
    PackPlan { k, n, waits: false, parts: vec![part].leak() }
}

#[derive(Clone, Copy)]
struct AllProducts;

impl<E: Element> Kernel<E> for AllProducts {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        for k in SIZES.into_iter().chain([0, 300]) {
            for n in SIZES {
                let flat = numbers::<E>(1, n * k);
                let mut packed = Packed::default();
                simd.pack(&whole(k, n), &flat, &mut packed);
                for (i, rows) in SIZES.into_iter().chain([0, 2, 13, 32]).enumerate() {
                    one_product(simd, rows, &flat, &packed, (i + k + n) % 3);
                }
            }
        }
    }
}

fn one_product<E: Element, S: Kernels<E>>(
    simd: S,
    rows: usize,
    flat: &[E],
    packed: &Packed<E>,
    start: usize,
) {
    let (k, n) = (packed.k(), packed.n());
    let width = n.next_multiple_of(S::V::LANES);
    let from = Operand::<E>::new(2, rows, k, 0);
    let bias = numbers::<E>(3, width);
    let mut into = Operand::<E>::new(4, rows, width, 5);
    let old = into.data.clone();
    let begin = [Start::Zero, Start::Row(&bias), Start::Keep][start];
    let sources = [Source { from: from.rows(), packed }];
    simd.product(rows, &sources, into.rows_mut(), begin);
    for (i, (new, old)) in into.data.iter().zip(&old).enumerate() {
        let (row, column) = (i / into.stride, (i % into.stride).wrapping_sub(into.offset));
        if row >= rows || column >= width {
            assert_eq!(new, old, "{:?}: {i} was touched", S::TIER);
        } else if column < n {
            let mut sum = [0.0, bias[column].as_f64(), (*old).as_f64()][start];
            for j in 0..k {
                sum += from.at(row, j) * flat[column * k + j].as_f64();
            }
            let what = format!("{:?} [{rows}, {k}] x [{k}, {n}] at {row}, {column}", S::TIER);
            assert_close(*new, sum, k, &what);
        }
    }
}

#[test]
fn products_of_all_sizes() {
    on_all_tiers(AllProducts);
}

#[derive(Clone, Copy)]
struct SameBits;

impl<E: Element> Kernel<E> for SameBits {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        for (k, n) in [(1, 1), (40, 160), (129, 65), (600, 40), (300, 16)] {
            let flat = numbers::<E>(1, n * k);
            let mut packed = Packed::default();
            simd.pack(&whole(k, n), &flat, &mut packed);
            let from = Operand::<E>::new(2, 37, k, 0);
            let width = n.next_multiple_of(S::V::LANES);
            let bias = numbers::<E>(3, width);
            let mut all = vec![E::zero(); 37 * width];
            let into = RowsMut { data: &mut all, stride: width, offset: 0 };
            let source = Source { from: from.rows(), packed: &packed };
            simd.product(37, &[source], into, Start::Row(&bias));
            for rows in [1, 2, 3, 5, 8, 13, 36] {
                for first in [0, 1, 37 - rows] {
                    let mut some = vec![E::zero(); rows * width];
                    let into = RowsMut { data: &mut some, stride: width, offset: 0 };
                    let from = Rows { data: &from.data[first * from.stride..], ..from.rows() };
                    simd.product(
                        rows,
                        &[Source { from, packed: &packed }],
                        into,
                        Start::Row(&bias),
                    );
                    let expected = &all[first * width..][..rows * width];
                    assert!(some == expected, "{:?}: {rows} rows from {first}", S::TIER);
                }
            }
        }
    }
}

#[test]
fn a_row_does_not_depend_on_its_neighbours() {
    on_all_tiers(SameBits);
}

#[derive(Clone, Copy)]
struct SplitSum;

impl<E: Element> Kernel<E> for SplitSum {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        for (k, cut, n) in
            [(2, 1, 1_usize), (45, 8, 1), (41, 1, 160), (129, 64, 65), (600, 280, 40)]
        {
            let width = n.next_multiple_of(S::V::LANES);
            let flat = numbers::<E>(1, n * k);
            let part = PackPart {
                from: 0,
                stride: k,
                k_at: 0,
                n_at: 0,
                k,
                n,
                transposed: false,
                factor: 1.0,
            };
            let [mut whole, mut head, mut tail] =
                [const { None }; 3].map(Option::unwrap_or_default);
            pack_part(simd, &flat, part, &mut whole);
            pack_part(simd, &flat, PackPart { k: cut, ..part }, &mut head);
            pack_part(simd, &flat, PackPart { from: cut, k: k - cut, ..part }, &mut tail);
            for rows in [1, 4, 19] {
                let from = Operand::<E>::new(2, rows, k, 0);
                let rest = Rows { offset: from.offset + cut, ..from.rows() };
                let whole = [Source { from: from.rows(), packed: &whole }];
                let both = [
                    Source { from: from.rows(), packed: &head },
                    Source { from: rest, packed: &tail },
                ];
                let result = || vec![E::one(); rows * width];
                let [mut once, mut joined, mut twice] = [result(), result(), result()];
                let run = |sources: &[Source<'_, E>], data: &mut [E], start| {
                    simd.product(rows, sources, RowsMut { data, stride: width, offset: 0 }, start);
                };
                run(&whole, &mut once, Start::Zero);
                run(&both, &mut joined, Start::Zero);
                run(&both[..1], &mut twice, Start::Zero);
                run(&both[1..], &mut twice, Start::Keep);
                assert!(joined == twice, "{:?}: {rows} rows, {k} cut at {cut}", S::TIER);
                // A single result is summed source by source.
                assert!(once == joined || n == 1, "{:?}: {rows} rows, {k} at {cut}", S::TIER);
            }
        }
    }
}

/// Packs a single part.
fn pack_part<E: Element, S: Kernels<E>>(simd: S, flat: &[E], part: PackPart, into: &mut Packed<E>) {
    simd.pack(
        &PackPlan { k: part.k, n: part.n, waits: false, parts: vec![part].leak() },
        flat,
        into,
    );
}

#[test]
fn a_sum_in_two_calls_has_the_same_bits() {
    on_all_tiers(SplitSum);
}

#[derive(Clone, Copy)]
struct SmallRow;

impl<E: Element> Kernel<E> for SmallRow {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        small_row::<E, S, 160, 40, 0, true>(simd);
        small_row::<E, S, 32, 1, 8, true>(simd);
        small_row::<E, S, 32, 1, 8, false>(simd);
        small_row::<E, S, 1, 5, 7, true>(simd);
        small_row::<E, S, 8, 41, 0, true>(simd);
        small_row::<E, S, 33, 17, 0, true>(simd);
        small_row::<E, S, 129, 3, 1, false>(simd);
    }
}

/// Two sources, or one if the second is empty, give the bits of the product that knows no sizes.
#[inline(always)]
fn small_row<
    E: Element,
    S: Kernels<E>,
    const N: usize,
    const K: usize,
    const L: usize,
    const WAITS: bool,
>(
    simd: S,
) {
    let width = N.next_multiple_of(S::V::LANES);
    let operand = numbers::<E>(1, K + L);
    let bias = numbers::<E>(2, width);
    let [mut head, mut tail] = [const { None }; 2].map(Option::unwrap_or_default);
    let waits = |last| WAITS && last;
    let head_plan = PackPlan { waits: waits(L == 0), ..whole(K, N) };
    let tail_plan = PackPlan { waits: waits(true), ..whole(L, N) };
    simd.pack(&head_plan, &numbers(3, N * K), &mut head);
    simd.pack(&tail_plan, &numbers(4, N * L), &mut tail);
    let from = Rows { data: &operand, stride: 0, offset: 0 };
    let both = [
        Source { from, packed: &head },
        Source { from: Rows { offset: K, ..from }, packed: &tail },
    ];
    let sources = if L > 0 { &both[..] } else { &both[..1] };
    for start in [Start::Zero, Start::Row(&bias), Start::Keep] {
        let [mut small, mut any] = [numbers::<E>(5, width), numbers::<E>(5, width)];
        let into = RowsMut { data: &mut any, stride: width, offset: 0 };
        simd.product(1, sources, into, start);
        let into = RowsMut { data: &mut small, stride: width, offset: 0 };
        let taken = simd.product_row::<N, K, L, WAITS>(sources, into, start);
        // More than 96 numbers, one by one, are too many.
        assert_eq!(taken, S::V::LANES > 1 || N <= 96, "{:?}: {K} and {L} to {N}", S::TIER);
        assert!(!taken || small == any, "{:?}: {K} and {L} to {N}", S::TIER);
    }
}

#[test]
fn a_product_of_known_sizes_has_the_same_bits() {
    on_all_tiers(SmallRow);
}

#[derive(Clone, Copy)]
struct Parts;

impl<E: Element> Kernel<E> for Parts {
    type Output = ();

    /// Four gates of 40 stacked without padding, over an input of 9 and a state of 40; the last
    /// gate has no input and its state matrix transposed. Packed again over the memory of a larger
    /// matrix.
    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        let (x, h, n) = (9, 40, 160);
        let flat = numbers::<E>(7, 3 * h * (x + h) + h * h);
        let mut parts = Vec::new();
        for gate in 0..3 {
            let from = gate * h * (x + h);
            let part = PackPart {
                from,
                stride: x,
                k_at: 0,
                n_at: gate * h,
                k: x,
                n: h,
                transposed: false,
                factor: 1.0,
            };
            parts.push(part);
            parts.push(PackPart { from: from + h * x, stride: h, k_at: x, k: h, ..part });
        }
        let from = 3 * h * (x + h);
        parts.push(PackPart {
            from,
            stride: h,
            k_at: x,
            n_at: 3 * h,
            k: h,
            n: h,
            transposed: true,
            factor: 1.0,
        });
        let plan = PackPlan { k: x + h, n, waits: false, parts: parts.leak() };
        let mut packed = Packed::default();
        simd.pack(&whole(200, 200), &numbers(8, 200 * 200), &mut packed);
        simd.pack(&plan, &flat, &mut packed);
        assert_eq!((packed.k(), packed.n()), (x + h, n));
        // The product with each unit vector is a row of the packed matrix.
        for k in 0..plan.k {
            let mut unit = vec![E::zero(); plan.k];
            unit[k] = E::one();
            let mut row = vec![E::zero(); n];
            let into = RowsMut { data: &mut row, stride: n, offset: 0 };
            let from = Rows { data: &unit, stride: 0, offset: 0 };
            simd.product(1, &[Source { from, packed: &packed }], into, Start::Zero);
            for (i, value) in row.iter().enumerate() {
                assert_eq!(*value, entry(&plan, &flat, k, i), "{:?}: at {k}, {i}", S::TIER);
            }
        }
    }
}

/// A value of the packed matrix, by definition.
fn entry<E: Element>(plan: &PackPlan, flat: &[E], k: usize, n: usize) -> E {
    for part in plan.parts {
        if (part.k_at..part.k_at + part.k).contains(&k)
            && (part.n_at..part.n_at + part.n).contains(&n)
        {
            let (k, n) = (k - part.k_at, n - part.n_at);
            let (row, column) = if part.transposed { (k, n) } else { (n, k) };
            return flat[part.from + row * part.stride + column];
        }
    }
    E::zero()
}

#[test]
fn parts_go_to_their_places() {
    on_all_tiers(Parts);
}

#[derive(Clone, Copy)]
struct TooShort;

impl<E: Element> Kernel<E> for TooShort {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        let mut packed = Packed::default();
        simd.pack(&whole(3, 4), &numbers(1, 12), &mut packed);
        let mut into = vec![E::zero(); 64];
        let into = RowsMut { data: &mut into, stride: 16, offset: 0 };
        let from = Rows { data: &numbers(2, 11), stride: 3, offset: 0 };
        simd.product(4, &[Source { from, packed: &packed }], into, Start::Zero);
    }
}

#[test]
#[should_panic(expected = "source [4, 3] ends at 12 of 11")]
fn a_source_that_is_too_short_is_refused() {
    f32::dispatch(Tier::current(), TooShort);
}

/// A product with two sources, of as many columns each.
#[derive(Clone, Copy)]
struct Columns([usize; 2]);

impl<E: Element> Kernel<E> for Columns {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        let packs = self.0.map(|n| {
            let mut packed = Packed::default();
            simd.pack(&whole(40, n), &numbers(1, 40 * n), &mut packed);
            packed
        });
        let operand = numbers(2, 40);
        let from = Rows { data: &operand, stride: 0, offset: 0 };
        let sources = packs.each_ref().map(|packed| Source { from, packed });
        let mut into = vec![E::zero(); 64];
        let into = RowsMut { data: &mut into, stride: 64, offset: 0 };
        simd.product(1, &sources, into, Start::Zero);
    }
}

#[test]
#[should_panic(expected = "a single column, which has no panels")]
fn a_single_column_is_not_read_as_panels() {
    f32::dispatch(Tier::current(), Columns([2, 1]));
}

#[test]
#[should_panic(expected = "2 columns for a single result")]
fn panels_are_not_read_as_a_single_column() {
    f32::dispatch(Tier::current(), Columns([1, 2]));
}
