//! The products of every tier as plain loops.

use super::{Kernels, PackPlan, Packed, Rows, RowsMut, Start};
use crate::element::Element;
use crate::simd::Machine;

impl<E: Element, T: Machine<E>> Kernels<E> for T {
    fn pack(self, plan: &PackPlan, flat: &[E], into: &mut Packed<E>) {
        into.data.clear();
        into.data.resize(plan.k * plan.n, E::zero());
        for part in plan.parts {
            for k in 0..part.k {
                for n in 0..part.n {
                    let (row, column) = if part.transposed { (k, n) } else { (n, k) };
                    into.data[(part.k_at + k) * plan.n + part.n_at + n] =
                        flat[part.from + row * part.stride + column];
                }
            }
        }
        into.k = plan.k;
        into.n = plan.n;
    }

    fn product(
        self,
        rows: usize,
        from: Rows<'_, E>,
        packed: &Packed<E>,
        into: RowsMut<'_, E>,
        start: Start<'_, E>,
    ) {
        for r in 0..rows {
            let source = &from.data[r * from.stride + from.offset..][..packed.k];
            let result = &mut into.data[r * into.stride + into.offset..][..packed.n];
            for (n, value) in result.iter_mut().enumerate() {
                let mut sum = match start {
                    Start::Zero => E::zero(),
                    Start::Row(row) => row[n],
                    Start::Keep => *value,
                };
                for (k, &factor) in source.iter().enumerate() {
                    sum += factor * packed.data[k * packed.n + n];
                }
                *value = sum;
            }
        }
    }

    fn rank_update(
        self,
        rows: usize,
        left: Rows<'_, E>,
        n: usize,
        right: Rows<'_, E>,
        k: usize,
        into: &mut [E],
        stride: usize,
    ) {
        for r in 0..rows {
            for i in 0..n {
                let factor = left.data[r * left.stride + left.offset + i];
                for j in 0..k {
                    into[i * stride + j] +=
                        factor * right.data[r * right.stride + right.offset + j];
                }
            }
        }
    }

    fn column_sum(self, rows: usize, from: Rows<'_, E>, n: usize, into: &mut [E]) {
        for r in 0..rows {
            let row = &from.data[r * from.stride + from.offset..][..n];
            for (sum, &value) in into.iter_mut().zip(row) {
                *sum += value;
            }
        }
    }
}
