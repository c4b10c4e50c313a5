//! The products of every tier against plain loops in `f64`, on operands inside larger buffers.

mod operands;

use operands::{Operand, assert_close, numbers};
use rnn_runtime::element::Element;
use rnn_runtime::matrix::{
    Aligned, Columns, Kernels, PackPart, PackPlan, Packed, Rows, RowsMut, Source, Start,
};
use rnn_runtime::simd::{Kernel, Lanes, MAX_LANES, Tier};

const SIZES: [usize; 5] = [1, 7, 17, 40, 129];

/// What no product may touch.
const SENTINEL: f64 = 12345.0;

/// Runs a kernel on every tier of this machine, for both elements.
fn on_all_tiers<K: Kernel<f32, Output = ()> + Kernel<f64, Output = ()> + Copy>(kernel: K) {
    for tier in Tier::available() {
        f32::dispatch(tier, kernel);
        f64::dispatch(tier, kernel);
    }
}

/// A plan of one part: `param` is `[n, k]`, dense.
fn whole(k: usize, n: usize) -> PackPlan {
    let part = PackPart { from: 0, stride: k, k_at: 0, n_at: 0, k, n, transposed: false };
    PackPlan { k, n, parts: vec![part].leak() }
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
            let mut sum = [0.0, bias[column].to_f64(), (*old).to_f64()][start];
            for j in 0..k {
                sum += from.at(row, j) * flat[column * k + j].to_f64();
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
        for (k, cut, n) in [(2, 1, 1_usize), (41, 1, 160), (129, 64, 65), (600, 280, 40)] {
            let width = n.next_multiple_of(S::V::LANES);
            let flat = numbers::<E>(1, n * k);
            let part = PackPart { from: 0, stride: k, k_at: 0, n_at: 0, k, n, transposed: false };
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
                assert!(once == joined, "{:?}: {rows} rows, {k} joined at {cut}", S::TIER);
                assert!(once == twice, "{:?}: {rows} rows, {k} cut at {cut}", S::TIER);
            }
        }
    }
}

/// Packs a single part.
fn pack_part<E: Element, S: Kernels<E>>(simd: S, flat: &[E], part: PackPart, into: &mut Packed<E>) {
    simd.pack(&PackPlan { k: part.k, n: part.n, parts: vec![part].leak() }, flat, into);
}

#[derive(Clone, Copy)]
struct SmallRow;

impl<E: Element> Kernel<E> for SmallRow {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        small_row::<E, S, 160>(simd, 0, 40);
        small_row::<E, S, 32>(simd, 1, 8);
        small_row::<E, S, 1>(simd, 5, 7);
        small_row::<E, S, 33>(simd, 0, 17);
        small_row::<E, S, 129>(simd, 3, 1);
    }
}

/// Two sources, the first of which may be empty, give the bits of the product that knows no sizes.
#[inline(always)]
fn small_row<E: Element, S: Kernels<E>, const N: usize>(simd: S, head_len: usize, k: usize) {
    let width = N.next_multiple_of(S::V::LANES);
    let operand = numbers::<E>(1, head_len + k);
    let bias = numbers::<E>(2, width);
    let [mut head, mut tail] = [const { None }; 2].map(Option::unwrap_or_default);
    simd.pack(&whole(head_len, N), &numbers(3, N * head_len), &mut head);
    simd.pack(&whole(k, N), &numbers(4, N * k), &mut tail);
    let from = Rows { data: &operand, stride: 0, offset: 0 };
    let both = [
        Source { from, packed: &head },
        Source { from: Rows { offset: head_len, ..from }, packed: &tail },
    ];
    let sources = if head_len > 0 { &both[..] } else { &both[1..] };
    for start in [Start::Zero, Start::Row(&bias), Start::Keep] {
        let [mut small, mut any] = [numbers::<E>(5, width), numbers::<E>(5, width)];
        let into = RowsMut { data: &mut any, stride: width, offset: 0 };
        simd.product(1, sources, into, start);
        let into = RowsMut { data: &mut small, stride: width, offset: 0 };
        if simd.product_row::<N>(sources, into, start) {
            assert!(small == any, "{:?}: {head_len} and {k} to {N}", S::TIER);
        } else {
            assert!(small == numbers::<E>(5, width), "{:?}: refused, but not left alone", S::TIER);
        }
    }
}

#[test]
fn a_product_of_known_sizes_has_the_same_bits() {
    on_all_tiers(SmallRow);
}

#[test]
fn a_sum_in_two_calls_has_the_same_bits() {
    on_all_tiers(SplitSum);
}

#[derive(Clone, Copy)]
struct Parts;

impl<E: Element> Kernel<E> for Parts {
    type Output = ();

    /// Four gates of 40 stacked without padding, over an input of 9 and a state of 40; the last gate has
    /// no input and its state matrix transposed. Packed again over the memory of a larger matrix.
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
        });
        let plan = PackPlan { k: x + h, n, parts: parts.leak() };
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
struct AllUpdates;

impl<E: Element> Kernel<E> for AllUpdates {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        for rows in SIZES.into_iter().chain([0, 300]) {
            for n in SIZES {
                for k in SIZES.into_iter().chain([32, 64]) {
                    one_update(simd, rows, n, k);
                }
            }
        }
    }
}

fn one_update<E: Element, S: Kernels<E>>(simd: S, rows: usize, n: usize, k: usize) {
    let left = Operand::<E>::new(1, rows, n, 0);
    let right = Operand::<E>::new(2, rows, k, 0);
    let stride = k + 2;
    // The last row ends with the buffer.
    let mut into = vec![E::from_f64(SENTINEL); (n - 1) * stride + k];
    let old = numbers::<E>(3, n * k);
    for (row, old) in into.chunks_mut(stride).zip(old.chunks(k)) {
        row[..k].copy_from_slice(old);
    }
    // The columns of two operands, of which one may be without any.
    let cut = [0, n / 3, n][(rows + k) % 3];
    let rest = Rows { offset: left.offset + cut, ..left.rows() };
    let lefts = [Columns { rows: left.rows(), n: cut }, Columns { rows: rest, n: n - cut }];
    let mut scratch = Aligned::new();
    simd.rank_update(rows, &lefts, right.rows(), k, &mut into, stride, &mut scratch);
    for (place, value) in into.iter().enumerate() {
        let (i, j) = (place / stride, place % stride);
        if j >= k {
            assert_eq!(*value, E::from_f64(SENTINEL), "{:?}: {place} was touched", S::TIER);
            continue;
        }
        let mut sum = old[i * k + j].to_f64();
        for r in 0..rows {
            sum += left.at(r, i) * right.at(r, j);
        }
        let what = format!("{:?} {rows} rows, [{n}, {k}] at {i}, {j}", S::TIER);
        assert_close(*value, sum, rows, &what);
    }
}

#[test]
fn rank_updates_of_all_sizes() {
    on_all_tiers(AllUpdates);
}

#[derive(Clone, Copy)]
struct AllSums;

impl<E: Element> Kernel<E> for AllSums {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        for rows in SIZES.into_iter().chain([0]) {
            for n in SIZES.into_iter().chain([0, 128, 300]) {
                let from = Operand::<E>::new(1, rows, n, 0);
                let old = numbers::<E>(2, n);
                let mut into = old.clone();
                into.push(E::from_f64(SENTINEL));
                simd.column_sum(rows, from.rows(), n, &mut into);
                assert_eq!(into[n], E::from_f64(SENTINEL));
                for (i, (new, old)) in into.iter().zip(&old).enumerate() {
                    let mut sum = (*old).to_f64();
                    for r in 0..rows {
                        sum += from.at(r, i);
                    }
                    assert_close(*new, sum, rows, &format!("{:?} [{rows}, {n}] at {i}", S::TIER));
                }
            }
        }
    }
}

#[test]
fn column_sums_of_all_sizes() {
    on_all_tiers(AllSums);
}

#[derive(Clone, Copy)]
struct Strangers;

impl<E: Element> Kernel<E> for Strangers {
    type Output = ();

    /// NaN around the operands must not come into the results.
    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        let (rows, n, k, stride) = (5, 7, 9, MAX_LANES);
        let mut operand = vec![E::nan(); rows * stride];
        for row in operand.chunks_mut(stride) {
            row[..k].fill(E::one());
        }
        let side = Rows { data: &operand, stride, offset: 0 };
        let mut gradient = vec![E::zero(); n * k];
        let (left, mut scratch) = ([Columns { rows: side, n }], Aligned::new());
        simd.rank_update(rows, &left, side, k, &mut gradient, k, &mut scratch);
        assert!(gradient.iter().all(|v| *v == E::from_f64(5.0)), "{:?}: {gradient:?}", S::TIER);
        let mut sums = vec![E::zero(); k];
        simd.column_sum(rows, side, k, &mut sums);
        assert!(sums.iter().all(|v| *v == E::from_f64(5.0)), "{:?}: {sums:?}", S::TIER);
    }
}

#[test]
fn neighbours_of_operands_do_not_count() {
    on_all_tiers(Strangers);
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
