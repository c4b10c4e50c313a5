//! NEON: four `f32` or two `f64` lanes with fused multiply-add, masks as vectors of integers.

use core::arch::aarch64::*;

use super::Tier;
use super::machine::{Machine, instructions};

/// Token of [`Tier::Neon`].
#[derive(Debug, Clone, Copy)]
pub struct Neon(());

impl Neon {
    /// The token; every AArch64 that this is compiled for has NEON.
    #[inline(always)]
    pub(in crate::kernels) fn new() -> Self {
        Neon(())
    }
}

/// Lane masks by sliding: the four words from `4 - count` on begin with `count` that are all ones.
static FIRST_32: [u32; 8] = [!0, !0, !0, !0, 0, 0, 0, 0];

/// The same for two lanes of 64 bits.
static FIRST_64: [u64; 4] = [!0, !0, 0, 0];

impl Machine<f32> for Neon {
    type Reg = float32x4_t;
    type Mask = uint32x4_t;

    type Wide = Self;

    const LANES: usize = 4;
    const TIER: Tier = Tier::Neon;
    const FUSED: bool = true;
    const SPLITS_ALL: bool = false;

    #[inline(always)]
    fn splat(self, value: f32) -> float32x4_t {
        // SAFETY: every AArch64 has NEON.
        unsafe { vdupq_n_f32(value) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> float32x4_t {
        // SAFETY: every AArch64 has NEON; the memory is the caller's.
        unsafe { vld1q_f32(from) }
    }

    #[inline(always)]
    unsafe fn store(self, a: float32x4_t, to: *mut f32) {
        // SAFETY: every AArch64 has NEON; the memory is the caller's.
        unsafe { vst1q_f32(to, a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: float32x4_t, to: *mut f32, count: usize) {
        let mut lanes = [0.0; 4];
        // SAFETY: the array has four values, and the caller vouches for `count <= 4` from `to` on.
        unsafe {
            vst1q_f32(lanes.as_mut_ptr(), a);
            to.copy_from_nonoverlapping(lanes.as_ptr(), count);
        }
    }

    #[inline(always)]
    fn first(self, count: usize) -> uint32x4_t {
        let from = &FIRST_32[4 - if count < 4 { count } else { 4 }..][..4];
        // SAFETY: every AArch64 has NEON; the slice has four words.
        unsafe { vld1q_u32(from.as_ptr()) }
    }

    #[inline(always)]
    fn less(self, a: float32x4_t, b: float32x4_t) -> uint32x4_t {
        // SAFETY: every AArch64 has NEON.
        unsafe { vcltq_f32(a, b) }
    }

    #[inline(always)]
    fn select(self, mask: uint32x4_t, yes: float32x4_t, no: float32x4_t) -> float32x4_t {
        // SAFETY: every AArch64 has NEON.
        unsafe { vbslq_f32(mask, yes, no) }
    }

    instructions! {
        add(a, b) = vaddq_f32(a, b);
        sub(a, b) = vsubq_f32(a, b);
        mul(a, b) = vmulq_f32(a, b);
        div(a, b) = vdivq_f32(a, b);
        neg(a) = vnegq_f32(a);
        abs(a) = vabsq_f32(a);
        copysign(a, sign) = vbslq_f32(vdupq_n_u32(1 << 31), sign, a);
        sqrt(a) = vsqrtq_f32(a);
        round(a) = vrndnq_f32(a);
        floor(a) = vrndmq_f32(a);
        mul_add(a, b, c) = vfmaq_f32(c, a, b);
        neg_mul_add(a, b, c) = vfmsq_f32(c, a, b);
        // The instructions made for it return NaN when either operand is one.
        min(a, b) = vbslq_f32(vcltq_f32(b, a), b, a);
        max(a, b) = vbslq_f32(vcltq_f32(a, b), b, a);
        minimum(a, b) = vminq_f32(a, b);
        maximum(a, b) = vmaxq_f32(a, b);
        scale(a, shifted) = vreinterpretq_f32_u32(vaddq_u32(
            vreinterpretq_u32_f32(a),
            vshlq_n_u32::<23>(vreinterpretq_u32_f32(shifted)),
        ));
    }

    #[inline(always)]
    fn split(self, a: float32x4_t) -> (float32x4_t, float32x4_t) {
        const ONE: u32 = 1f32.to_bits();
        const SHIFT: u32 = ONE - 0.75f32.to_bits();
        // SAFETY: every AArch64 has NEON.
        unsafe {
            let bits = vreinterpretq_u32_f32(a);
            let biased = vshrq_n_u32::<23>(vaddq_u32(bits, vdupq_n_u32(SHIFT)));
            let m = vsubq_u32(bits, vshlq_n_u32::<23>(biased));
            let m = vaddq_u32(m, vdupq_n_u32(ONE));
            let e = vsubq_f32(vcvtq_f32_u32(biased), vdupq_n_f32((ONE >> 23) as f32));
            (vreinterpretq_f32_u32(m), e)
        }
    }

    #[inline(always)]
    fn sum(self, a: float32x4_t) -> f32 {
        // SAFETY: every AArch64 has NEON.
        unsafe { vaddvq_f32(a) }
    }

    #[inline(always)]
    fn largest(self, a: float32x4_t) -> f32 {
        // SAFETY: every AArch64 has NEON.
        unsafe { vmaxvq_f32(a) }
    }
}

impl Machine<f64> for Neon {
    type Reg = float64x2_t;
    type Mask = uint64x2_t;

    type Wide = Self;

    const LANES: usize = 2;
    const TIER: Tier = Tier::Neon;
    const FUSED: bool = true;
    const SPLITS_ALL: bool = false;

    #[inline(always)]
    fn splat(self, value: f64) -> float64x2_t {
        // SAFETY: every AArch64 has NEON.
        unsafe { vdupq_n_f64(value) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> float64x2_t {
        // SAFETY: every AArch64 has NEON; the memory is the caller's.
        unsafe { vld1q_f64(from) }
    }

    #[inline(always)]
    unsafe fn store(self, a: float64x2_t, to: *mut f64) {
        // SAFETY: every AArch64 has NEON; the memory is the caller's.
        unsafe { vst1q_f64(to, a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: float64x2_t, to: *mut f64, count: usize) {
        let mut lanes = [0.0; 2];
        // SAFETY: the array has two values, and the caller vouches for `count <= 2` from `to` on.
        unsafe {
            vst1q_f64(lanes.as_mut_ptr(), a);
            to.copy_from_nonoverlapping(lanes.as_ptr(), count);
        }
    }

    #[inline(always)]
    fn first(self, count: usize) -> uint64x2_t {
        let from = &FIRST_64[2 - if count < 2 { count } else { 2 }..][..2];
        // SAFETY: every AArch64 has NEON; the slice has two words.
        unsafe { vld1q_u64(from.as_ptr()) }
    }

    #[inline(always)]
    fn less(self, a: float64x2_t, b: float64x2_t) -> uint64x2_t {
        // SAFETY: every AArch64 has NEON.
        unsafe { vcltq_f64(a, b) }
    }

    #[inline(always)]
    fn select(self, mask: uint64x2_t, yes: float64x2_t, no: float64x2_t) -> float64x2_t {
        // SAFETY: every AArch64 has NEON.
        unsafe { vbslq_f64(mask, yes, no) }
    }

    instructions! {
        add(a, b) = vaddq_f64(a, b);
        sub(a, b) = vsubq_f64(a, b);
        mul(a, b) = vmulq_f64(a, b);
        div(a, b) = vdivq_f64(a, b);
        neg(a) = vnegq_f64(a);
        abs(a) = vabsq_f64(a);
        copysign(a, sign) = vbslq_f64(vdupq_n_u64(1 << 63), sign, a);
        sqrt(a) = vsqrtq_f64(a);
        round(a) = vrndnq_f64(a);
        floor(a) = vrndmq_f64(a);
        mul_add(a, b, c) = vfmaq_f64(c, a, b);
        neg_mul_add(a, b, c) = vfmsq_f64(c, a, b);
        // The instructions made for it return NaN when either operand is one.
        min(a, b) = vbslq_f64(vcltq_f64(b, a), b, a);
        max(a, b) = vbslq_f64(vcltq_f64(a, b), b, a);
        minimum(a, b) = vminq_f64(a, b);
        maximum(a, b) = vmaxq_f64(a, b);
        scale(a, shifted) = vreinterpretq_f64_u64(vaddq_u64(
            vreinterpretq_u64_f64(a),
            vshlq_n_u64::<52>(vreinterpretq_u64_f64(shifted)),
        ));
    }

    #[inline(always)]
    fn split(self, a: float64x2_t) -> (float64x2_t, float64x2_t) {
        const ONE: u64 = 1f64.to_bits();
        const SHIFT: u64 = ONE - 0.75f64.to_bits();
        // SAFETY: every AArch64 has NEON.
        unsafe {
            let bits = vreinterpretq_u64_f64(a);
            let biased = vshrq_n_u64::<52>(vaddq_u64(bits, vdupq_n_u64(SHIFT)));
            let m = vsubq_u64(bits, vshlq_n_u64::<52>(biased));
            let m = vaddq_u64(m, vdupq_n_u64(ONE));
            let e = vsubq_f64(vcvtq_f64_u64(biased), vdupq_n_f64((ONE >> 52) as f64));
            (vreinterpretq_f64_u64(m), e)
        }
    }

    #[inline(always)]
    fn sum(self, a: float64x2_t) -> f64 {
        // SAFETY: every AArch64 has NEON.
        unsafe { vaddvq_f64(a) }
    }

    #[inline(always)]
    fn largest(self, a: float64x2_t) -> f64 {
        // SAFETY: every AArch64 has NEON.
        unsafe { vmaxvq_f64(a) }
    }
}
