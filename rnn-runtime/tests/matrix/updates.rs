//! Rank updates and column sums.

use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::{Aligned, Blocks, Columns, Kernels, Rows};
use rnn_runtime::__v0_1::simd::MAX_LANES;
use rnn_runtime::element::Element;

use crate::operands::{Operand, SIZES, assert_close, numbers, on_all_tiers};

/// What no update may touch.
const SENTINEL: f64 = 12345.0;

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
    check_update(simd, (rows, n, k), &left, &right);
}

fn check_update<E: Element, S: Kernels<E>>(
    simd: S,
    (rows, n, k): (usize, usize, usize),
    left: &Operand<E>,
    right: &Operand<E>,
) {
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
    simd.rank_update(Blocks::one(rows), &lefts, right.rows(), k, &mut into, stride, &mut scratch);
    for (place, value) in into.iter().enumerate() {
        let (i, j) = (place / stride, place % stride);
        if j >= k {
            assert_eq!(*value, E::from_f64(SENTINEL), "{:?}: {place} was touched", S::TIER);
            continue;
        }
        let mut sum = old[i * k + j].as_f64();
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
struct FarRows;

impl<E: Element> Kernel<E> for FarRows {
    type Output = ();

    /// Rows more than a page apart are copied first, many columns in several blocks.
    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        for (rows, n, k) in [(3, 17, 300), (5, 1100, 40), (261, 15, 289), (2, 530, 272)] {
            let left = Operand::<E>::spaced(1, rows, n, 1201);
            let right = Operand::<E>::spaced(2, rows, k, 1301);
            check_update(simd, (rows, n, k), &left, &right);
        }
    }
}

#[test]
fn rank_updates_of_rows_far_apart() {
    on_all_tiers(FarRows);
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
                simd.column_sum(Blocks::one(rows), from.rows(), n, &mut into);
                assert_eq!(into[n], E::from_f64(SENTINEL));
                for (i, (new, old)) in into.iter().zip(&old).enumerate() {
                    let mut sum = (*old).as_f64();
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
        simd.rank_update(Blocks::one(rows), &left, side, k, &mut gradient, k, &mut scratch);
        assert!(gradient.iter().all(|v| *v == E::from_f64(5.0)), "{:?}: {gradient:?}", S::TIER);
        let mut sums = vec![E::zero(); k];
        simd.column_sum(Blocks::one(rows), side, k, &mut sums);
        assert!(sums.iter().all(|v| *v == E::from_f64(5.0)), "{:?}: {sums:?}", S::TIER);
    }
}

#[test]
fn neighbours_of_operands_do_not_count() {
    on_all_tiers(Strangers);
}
