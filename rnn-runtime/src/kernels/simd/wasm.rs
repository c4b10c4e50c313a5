//! WebAssembly SIMD: four `f32` or two `f64` lanes, no fused multiply-add, chosen when the module
//! is built.

use core::arch::wasm32::*;

use super::Tier;
use super::machine::{Machine, instructions};

/// Token of [`Tier::Wasm`].
#[derive(Debug, Clone, Copy)]
pub struct Wasm(());

impl Wasm {
    /// The token; a module with SIMD does not load where there is none.
    #[inline(always)]
    pub(in crate::kernels) fn new() -> Self {
        Wasm(())
    }
}

/// Lane masks by sliding: the four words from `4 - count` on begin with `count` that are all ones.
static FIRST_32: [u32; 8] = [!0, !0, !0, !0, 0, 0, 0, 0];

/// The same for two lanes of 64 bits.
static FIRST_64: [u64; 4] = [!0, !0, 0, 0];

impl Machine<f32> for Wasm {
    type Reg = v128;
    type Mask = v128;

    type Wide = Self;

    const LANES: usize = 4;
    const TIER: Tier = Tier::Wasm;
    const FUSED: bool = false;
    const SPLITS_ALL: bool = false;

    #[inline(always)]
    fn splat(self, value: f32) -> v128 {
        f32x4_splat(value)
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> v128 {
        // SAFETY: the caller vouches for four values; they need not be aligned.
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, a: v128, to: *mut f32) {
        // SAFETY: the caller vouches for four values; they need not be aligned.
        unsafe { v128_store(to.cast(), a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: v128, to: *mut f32, count: usize) {
        let mut lanes = [0f32; 4];
        // SAFETY: the array has four values, and the caller vouches for `count <= 4` from `to` on.
        unsafe {
            v128_store(lanes.as_mut_ptr().cast(), a);
            to.copy_from_nonoverlapping(lanes.as_ptr(), count);
        }
    }

    #[inline(always)]
    fn first(self, count: usize) -> v128 {
        let from = &FIRST_32[4 - if count < 4 { count } else { 4 }..][..4];
        // SAFETY: the slice has four words.
        unsafe { v128_load(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn less(self, a: v128, b: v128) -> v128 {
        f32x4_lt(a, b)
    }

    #[inline(always)]
    fn select(self, mask: v128, yes: v128, no: v128) -> v128 {
        v128_bitselect(yes, no, mask)
    }

    instructions! { safe
        add(a, b) = f32x4_add(a, b);
        sub(a, b) = f32x4_sub(a, b);
        mul(a, b) = f32x4_mul(a, b);
        div(a, b) = f32x4_div(a, b);
        neg(a) = f32x4_neg(a);
        abs(a) = f32x4_abs(a);
        copysign(a, sign) = v128_bitselect(sign, a, f32x4_splat(-0.0));
        sqrt(a) = f32x4_sqrt(a);
        round(a) = f32x4_nearest(a);
        floor(a) = f32x4_floor(a);
        mul_add(a, b, c) = f32x4_add(f32x4_mul(a, b), c);
        neg_mul_add(a, b, c) = f32x4_sub(c, f32x4_mul(a, b));
        // `b < a ? b : a` and `a < b ? b : a` by definition.
        min(a, b) = f32x4_pmin(a, b);
        max(a, b) = f32x4_pmax(a, b);
        minimum(a, b) = f32x4_min(a, b);
        maximum(a, b) = f32x4_max(a, b);
        scale(a, shifted) = i32x4_add(a, i32x4_shl(shifted, 23));
    }

    #[inline(always)]
    fn split(self, a: v128) -> (v128, v128) {
        const ONE: i32 = 1f32.to_bits() as i32;
        const SHIFT: i32 = ONE - 0.75f32.to_bits() as i32;
        // An integer below the number of fraction bits, in the fraction of this power of two, is
        // added to it.
        const BASE: f32 = (1u64 << 23) as f32;
        const BIAS: f32 = BASE + (ONE >> 23) as f32;
        let biased = u32x4_shr(i32x4_add(a, i32x4_splat(SHIFT)), 23);
        let m = i32x4_add(i32x4_sub(a, i32x4_shl(biased, 23)), i32x4_splat(ONE));
        let e = v128_or(biased, f32x4_splat(BASE));
        (m, f32x4_sub(e, f32x4_splat(BIAS)))
    }

    #[inline(always)]
    fn sum(self, a: v128) -> f32 {
        let a = f32x4_add(a, i32x4_shuffle::<2, 3, 0, 1>(a, a));
        f32x4_extract_lane::<0>(a) + f32x4_extract_lane::<1>(a)
    }

    #[inline(always)]
    fn largest(self, a: v128) -> f32 {
        let a = f32x4_pmax(a, i32x4_shuffle::<2, 3, 0, 1>(a, a));
        let (a, b) = (f32x4_extract_lane::<0>(a), f32x4_extract_lane::<1>(a));
        if a < b { b } else { a }
    }
}

impl Machine<f64> for Wasm {
    type Reg = v128;
    type Mask = v128;

    type Wide = Self;

    const LANES: usize = 2;
    const TIER: Tier = Tier::Wasm;
    const FUSED: bool = false;
    const SPLITS_ALL: bool = false;

    #[inline(always)]
    fn splat(self, value: f64) -> v128 {
        f64x2_splat(value)
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> v128 {
        // SAFETY: the caller vouches for two values; they need not be aligned.
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, a: v128, to: *mut f64) {
        // SAFETY: the caller vouches for two values; they need not be aligned.
        unsafe { v128_store(to.cast(), a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: v128, to: *mut f64, count: usize) {
        let mut lanes = [0f64; 2];
        // SAFETY: the array has two values, and the caller vouches for `count <= 2` from `to` on.
        unsafe {
            v128_store(lanes.as_mut_ptr().cast(), a);
            to.copy_from_nonoverlapping(lanes.as_ptr(), count);
        }
    }

    #[inline(always)]
    fn first(self, count: usize) -> v128 {
        let from = &FIRST_64[2 - if count < 2 { count } else { 2 }..][..2];
        // SAFETY: the slice has two words.
        unsafe { v128_load(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn less(self, a: v128, b: v128) -> v128 {
        f64x2_lt(a, b)
    }

    #[inline(always)]
    fn select(self, mask: v128, yes: v128, no: v128) -> v128 {
        v128_bitselect(yes, no, mask)
    }

    instructions! { safe
        add(a, b) = f64x2_add(a, b);
        sub(a, b) = f64x2_sub(a, b);
        mul(a, b) = f64x2_mul(a, b);
        div(a, b) = f64x2_div(a, b);
        neg(a) = f64x2_neg(a);
        abs(a) = f64x2_abs(a);
        copysign(a, sign) = v128_bitselect(sign, a, f64x2_splat(-0.0));
        sqrt(a) = f64x2_sqrt(a);
        round(a) = f64x2_nearest(a);
        floor(a) = f64x2_floor(a);
        mul_add(a, b, c) = f64x2_add(f64x2_mul(a, b), c);
        neg_mul_add(a, b, c) = f64x2_sub(c, f64x2_mul(a, b));
        // `b < a ? b : a` and `a < b ? b : a` by definition.
        min(a, b) = f64x2_pmin(a, b);
        max(a, b) = f64x2_pmax(a, b);
        minimum(a, b) = f64x2_min(a, b);
        maximum(a, b) = f64x2_max(a, b);
        scale(a, shifted) = i64x2_add(a, i64x2_shl(shifted, 52));
    }

    #[inline(always)]
    fn split(self, a: v128) -> (v128, v128) {
        const ONE: i64 = 1f64.to_bits() as i64;
        const SHIFT: i64 = ONE - 0.75f64.to_bits() as i64;
        // An integer below the number of fraction bits, in the fraction of this power of two, is
        // added to it.
        const BASE: f64 = (1u64 << 52) as f64;
        const BIAS: f64 = BASE + (ONE >> 52) as f64;
        let biased = u64x2_shr(i64x2_add(a, i64x2_splat(SHIFT)), 52);
        let m = i64x2_add(i64x2_sub(a, i64x2_shl(biased, 52)), i64x2_splat(ONE));
        let e = v128_or(biased, f64x2_splat(BASE));
        (m, f64x2_sub(e, f64x2_splat(BIAS)))
    }

    #[inline(always)]
    fn sum(self, a: v128) -> f64 {
        f64x2_extract_lane::<0>(a) + f64x2_extract_lane::<1>(a)
    }

    #[inline(always)]
    fn largest(self, a: v128) -> f64 {
        let (a, b) = (f64x2_extract_lane::<0>(a), f64x2_extract_lane::<1>(a));
        if a < b { b } else { a }
    }
}
