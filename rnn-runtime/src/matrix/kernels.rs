//! The entries: each kernel compiled for each tier and element.

use super::pack::pack;
use super::product::product;
use super::sum::column_sum;
use super::update::rank_update;
use super::{Kernels, PackPlan, Packed, Rows, RowsMut, Start};
use crate::simd::Scalar;

/// Implements [`Kernels`] for a token by functions that are compiled with its instructions. They are
/// not generic, so they are compiled in this crate.
macro_rules! kernels {
    ($token:ty, $element:ty $(, $features:meta)?) => {
        impl Kernels<$element> for $token {
            #[inline]
            fn pack(self, plan: &PackPlan, flat: &[$element], into: &mut Packed<$element>) {
                /// # Safety
                /// The machine has the token's instructions.
                $(#[$features])?
                unsafe fn run(
                    simd: $token,
                    plan: &PackPlan,
                    flat: &[$element],
                    into: &mut Packed<$element>,
                ) {
                    pack(simd, plan, flat, into);
                }
                // SAFETY: the token proves that the instructions are there.
                unsafe { run(self, plan, flat, into) }
            }

            #[inline]
            fn product(
                self,
                rows: usize,
                from: Rows<'_, $element>,
                packed: &Packed<$element>,
                into: RowsMut<'_, $element>,
                start: Start<'_, $element>,
            ) {
                /// # Safety
                /// The machine has the token's instructions.
                $(#[$features])?
                unsafe fn run(
                    simd: $token,
                    rows: usize,
                    from: Rows<'_, $element>,
                    packed: &Packed<$element>,
                    into: RowsMut<'_, $element>,
                    start: Start<'_, $element>,
                ) {
                    product(simd, rows, from, packed, into, start);
                }
                // SAFETY: the token proves that the instructions are there.
                unsafe { run(self, rows, from, packed, into, start) }
            }

            #[inline]
            fn rank_update(
                self,
                rows: usize,
                left: Rows<'_, $element>,
                n: usize,
                right: Rows<'_, $element>,
                k: usize,
                into: &mut [$element],
                stride: usize,
            ) {
                /// # Safety
                /// The machine has the token's instructions.
                #[expect(clippy::too_many_arguments, reason = "the method's arguments")]
                $(#[$features])?
                unsafe fn run(
                    simd: $token,
                    rows: usize,
                    left: Rows<'_, $element>,
                    n: usize,
                    right: Rows<'_, $element>,
                    k: usize,
                    into: &mut [$element],
                    stride: usize,
                ) {
                    rank_update(simd, rows, left, n, right, k, into, stride);
                }
                // SAFETY: the token proves that the instructions are there.
                unsafe { run(self, rows, left, n, right, k, into, stride) }
            }

            #[inline]
            fn column_sum(
                self,
                rows: usize,
                from: Rows<'_, $element>,
                n: usize,
                into: &mut [$element],
            ) {
                /// # Safety
                /// The machine has the token's instructions.
                $(#[$features])?
                unsafe fn run(
                    simd: $token,
                    rows: usize,
                    from: Rows<'_, $element>,
                    n: usize,
                    into: &mut [$element],
                ) {
                    column_sum(simd, rows, from, n, into);
                }
                // SAFETY: the token proves that the instructions are there.
                unsafe { run(self, rows, from, n, into) }
            }
        }
    };
}

kernels!(Scalar, f32);
kernels!(Scalar, f64);

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::*;
    use crate::simd::{Avx2, Avx512, Sse2};

    kernels!(Sse2, f32);
    kernels!(Sse2, f64);
    kernels!(Avx2, f32, target_feature(enable = "avx2,fma"));
    kernels!(Avx2, f64, target_feature(enable = "avx2,fma"));
    kernels!(Avx512, f32, target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"));
    kernels!(Avx512, f64, target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"));
}
