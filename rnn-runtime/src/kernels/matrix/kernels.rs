//! The entries: each kernel compiled for each tier and element.

use core::ops::Range;

use super::bands::run_in_bands;
use super::format::{Format, Full, Half};
use super::pack::pack;
use super::product::product;
use super::row::{Pass, pass};
use super::shapes::{Passes, Shapes, Table, shapes};
use super::small::{most_results, small_row};
use super::sum::column_sum;
use super::tile::{Tile, tile};
use super::update::{Update, rank_update, update};
use super::{Aligned, Blocks, Columns, Kernels, PackPlan, Packed, Rows, RowsMut, Source, Start};
use crate::kernels::simd::Scalar;

/// Implements [`Shapes`] and [`Kernels`] for a token by functions that are compiled with its
/// instructions. They are not generic, so they are compiled in this crate.
macro_rules! kernels {
    ($token:ty, $element:ident, $registers:ident $(, $features:meta)?) => {
        impl Shapes<$element> for $token {
            const TILES: Table<unsafe fn(Self, Tile<$element>)> = {
                /// # Safety
                /// The machine has the token's instructions; the rest as for [`tile`].
                $(#[$features])?
                unsafe fn run<const ROWS: usize, const VECTORS: usize>(
                    simd: $token,
                    operands: Tile<$element>,
                ) {
                    // SAFETY: the caller's promise.
                    unsafe { tile::<$element, $token, ROWS, VECTORS>(simd, operands) }
                }
                shapes!(tiles $registers run)
            };

            const PASSES: [Passes<Self, $element>; 3] = {
                /// # Safety
                /// The machine has the token's instructions; the rest as for [`pass`].
                $(#[$features])?
                unsafe fn run<
                    W: Format<$element, $token>,
                    const PANELS: usize,
                    const FULL: usize,
                    const REST: usize,
                >(
                    simd: $token,
                    operands: Pass<$element>,
                ) {
                    // SAFETY: the caller's promise.
                    unsafe { pass::<$element, $token, W, PANELS, FULL, REST>(simd, operands) }
                }
                shapes!(all_passes $element $registers run)
            };

            const UPDATES: Table<unsafe fn(Self, Update<$element>)> = {
                /// # Safety
                /// The machine has the token's instructions; the rest as for [`update`].
                $(#[$features])?
                unsafe fn run<const COLUMNS: usize, const VECTORS: usize>(
                    simd: $token,
                    operands: Update<$element>,
                ) {
                    // SAFETY: the caller's promise.
                    unsafe { update::<$element, $token, COLUMNS, VECTORS>(simd, operands) }
                }
                shapes!(updates $registers run)
            };
        }

        impl Kernels<$element> for $token {
            const ROW_RESULTS: [usize; 2] = most_results::<$element, $token>();

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
                sources: &[Source<'_, $element>],
                into: RowsMut<'_, $element>,
                start: Start<'_, $element>,
            ) {
                /// # Safety
                /// The machine has the token's instructions.
                $(#[$features])?
                unsafe fn run(
                    simd: $token,
                    rows: usize,
                    sources: &[Source<'_, $element>],
                    into: RowsMut<'_, $element>,
                    start: Start<'_, $element>,
                ) {
                    product(simd, rows, sources, into, start);
                }
                // SAFETY: the token proves that the instructions are there.
                unsafe { run(self, rows, sources, into, start) }
            }

            #[inline(always)]
            fn product_row<const N: usize, const K: usize, const L: usize, const WAITS: bool>(
                self,
                sources: &[Source<'_, $element>],
                into: RowsMut<'_, $element>,
                start: Start<'_, $element>,
            ) -> bool {
                small_row::<$element, $token, N, K, L, WAITS>(self, sources, into, start)
            }

            #[inline]
            fn rank_update(
                self,
                rows: Blocks,
                lefts: &[Columns<'_, $element>],
                right: Rows<'_, $element>,
                k: usize,
                into: &mut [$element],
                stride: usize,
                scratch: &mut Aligned<$element>,
            ) {
                /// # Safety
                /// The machine has the token's instructions.
                #[expect(clippy::too_many_arguments, reason = "the method's arguments")]
                $(#[$features])?
                unsafe fn run(
                    simd: $token,
                    rows: Range<usize>,
                    lefts: &[Columns<'_, $element>],
                    right: Rows<'_, $element>,
                    k: usize,
                    into: &mut [$element],
                    stride: usize,
                    scratch: &mut [$element],
                ) {
                    rank_update(simd, rows, lefts, right, k, into, stride, scratch);
                }
                run_in_bands(rows, lefts, k, into, stride, scratch, |rows, lefts, into, scratch| {
                    // SAFETY: the token proves that the instructions are there.
                    unsafe { run(self, rows, lefts, right, k, into, stride, scratch) };
                });
            }

            #[inline]
            fn column_sum(
                self,
                rows: Blocks,
                from: Rows<'_, $element>,
                n: usize,
                into: &mut [$element],
            ) {
                /// # Safety
                /// The machine has the token's instructions.
                $(#[$features])?
                unsafe fn run(
                    simd: $token,
                    rows: Range<usize>,
                    from: Rows<'_, $element>,
                    n: usize,
                    into: &mut [$element],
                ) {
                    column_sum(simd, rows, from, n, into);
                }
                for rows in rows.iter() {
                    // SAFETY: the token proves that the instructions are there.
                    unsafe { run(self, rows, from, n, into) };
                }
            }
        }
    };
}

kernels!(Scalar, f32, scalar);
kernels!(Scalar, f64, scalar);

#[cfg(all(target_arch = "x86_64", feature = "sse2"))]
mod sse2 {
    use super::*;
    use crate::kernels::simd::Sse2;

    kernels!(Sse2, f32, narrow);
    kernels!(Sse2, f64, narrow);
}

#[cfg(all(target_arch = "x86_64", feature = "avx2"))]
mod avx2 {
    use super::*;
    use crate::kernels::simd::Avx2;

    kernels!(Avx2, f32, narrow, target_feature(enable = "avx2,fma,f16c"));
    kernels!(Avx2, f64, narrow, target_feature(enable = "avx2,fma,f16c"));
}

#[cfg(all(target_arch = "x86_64", feature = "avx512"))]
mod avx512 {
    use super::*;
    use crate::kernels::simd::Avx512;

    kernels!(
        Avx512,
        f32,
        wide,
        target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
    );
    kernels!(
        Avx512,
        f64,
        wide,
        target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
    );
}

#[cfg(all(target_arch = "aarch64", feature = "neon"))]
mod neon {
    use super::*;
    use crate::kernels::simd::Neon;

    kernels!(Neon, f32, wide);
    kernels!(Neon, f64, wide);
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128", feature = "wasm"))]
mod wasm {
    use super::*;
    use crate::kernels::simd::Wasm;

    kernels!(Wasm, f32, narrow);
    kernels!(Wasm, f64, narrow);
}
