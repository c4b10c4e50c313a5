//! SSE2: four `f32` or two `f64` lanes, no fused multiply-add, no masked store.

use core::arch::x86_64::*;

use super::machine::{Machine, instructions};
use super::{Tier, half};

/// Token of [`Tier::Sse2`].
#[derive(Debug, Clone, Copy)]
pub struct Sse2(());

impl Sse2 {
    /// The token; every x86-64 has SSE2.
    #[inline(always)]
    pub(in crate::kernels) fn new() -> Self {
        Sse2(())
    }
}

/// Lane masks by sliding: the four words from `4 - count` on begin with `count` that are all ones.
static FIRST_32: [i32; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];

/// The same for two lanes of 64 bits.
static FIRST_64: [i64; 4] = [-1, -1, 0, 0];

impl Machine<f32> for Sse2 {
    type Reg = __m128;
    type Mask = __m128;

    type Wide = Self;

    const LANES: usize = 4;
    const TIER: Tier = Tier::Sse2;
    const FUSED: bool = false;
    const SPLITS_ALL: bool = false;

    #[inline(always)]
    fn splat(self, value: f32) -> __m128 {
        // SAFETY: every x86-64 has SSE2.
        unsafe { _mm_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> __m128 {
        // SAFETY: every x86-64 has SSE2; the memory is the caller's.
        unsafe { _mm_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_half<const BRAIN: bool>(self, from: *const u16) -> __m128 {
        // SAFETY: every x86-64 has SSE2; the memory is the caller's.
        unsafe {
            let (halves, zero) = (_mm_loadl_epi64(from.cast()), _mm_setzero_si128());
            if BRAIN {
                return _mm_castsi128_ps(_mm_unpacklo_epi16(zero, halves));
            }
            let halves = _mm_unpacklo_epi16(halves, zero);
            let size = _mm_and_si128(halves, _mm_set1_epi32(0x7fff));
            let sign = _mm_slli_epi32::<16>(_mm_xor_si128(halves, size));
            let rebias = _mm_set1_epi32(half::REBIAS as i32);
            let normal = _mm_add_epi32(_mm_slli_epi32::<13>(size), rebias);
            let denormal = _mm_mul_ps(_mm_cvtepi32_ps(size), _mm_set1_ps(half::SMALLEST));
            let small = _mm_cmpgt_epi32(_mm_set1_epi32(half::NORMAL.into()), size);
            let small = _mm_castsi128_ps(small);
            let normal = _mm_andnot_ps(small, _mm_castsi128_ps(normal));
            let value = _mm_or_ps(normal, _mm_and_ps(small, denormal));
            // All bits set are NaN.
            let nan = _mm_cmpgt_epi32(size, _mm_set1_epi32(half::FINITE.into()));
            _mm_or_ps(value, _mm_castsi128_ps(_mm_or_si128(sign, nan)))
        }
    }

    #[inline(always)]
    unsafe fn load_interleaved(self, from: *const u16) -> [__m128; 2] {
        // SAFETY: every x86-64 has SSE2; the memory is the caller's.
        unsafe {
            let pairs = _mm_loadu_si128(from.cast());
            let odd = _mm_and_si128(pairs, _mm_set1_epi32(-1 << 16));
            let even = _mm_slli_epi32::<16>(pairs);
            [_mm_castsi128_ps(even), _mm_castsi128_ps(odd)]
        }
    }

    #[inline(always)]
    unsafe fn store(self, a: __m128, to: *mut f32) {
        // SAFETY: every x86-64 has SSE2; the memory is the caller's.
        unsafe { _mm_storeu_ps(to, a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: __m128, to: *mut f32, count: usize) {
        let mut lanes = [0.0; 4];
        // SAFETY: the array has four values, and the caller vouches for `count <= 4` from `to` on.
        unsafe {
            _mm_storeu_ps(lanes.as_mut_ptr(), a);
            to.copy_from_nonoverlapping(lanes.as_ptr(), count);
        }
    }

    #[inline(always)]
    fn first(self, count: usize) -> __m128 {
        let from = &FIRST_32[4 - if count < 4 { count } else { 4 }..][..4];
        // SAFETY: every x86-64 has SSE2; the slice has four words.
        unsafe { _mm_loadu_ps(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn less(self, a: __m128, b: __m128) -> __m128 {
        // SAFETY: every x86-64 has SSE2.
        unsafe { _mm_cmplt_ps(a, b) }
    }

    #[inline(always)]
    fn select(self, mask: __m128, yes: __m128, no: __m128) -> __m128 {
        // SAFETY: every x86-64 has SSE2.
        unsafe { _mm_or_ps(_mm_and_ps(mask, yes), _mm_andnot_ps(mask, no)) }
    }

    instructions! {
        add(a, b) = _mm_add_ps(a, b);
        sub(a, b) = _mm_sub_ps(a, b);
        mul(a, b) = _mm_mul_ps(a, b);
        div(a, b) = _mm_div_ps(a, b);
        neg(a) = _mm_xor_ps(a, _mm_set1_ps(-0.0));
        abs(a) = _mm_andnot_ps(_mm_set1_ps(-0.0), a);
        copysign(a, sign) = _mm_or_ps(
            _mm_andnot_ps(_mm_set1_ps(-0.0), a),
            _mm_and_ps(_mm_set1_ps(-0.0), sign),
        );
        sqrt(a) = _mm_sqrt_ps(a);
        mul_add(a, b, c) = _mm_add_ps(_mm_mul_ps(a, b), c);
        neg_mul_add(a, b, c) = _mm_sub_ps(c, _mm_mul_ps(a, b));
        // The instructions return their second operand when one is NaN.
        min(a, b) = _mm_min_ps(b, a);
        max(a, b) = _mm_max_ps(b, a);
        // Both orders differ where an operand is NaN, or both are zeros: then bits of either are
        // wanted.
        minimum(a, b) = _mm_or_ps(_mm_min_ps(a, b), _mm_min_ps(b, a));
        maximum(a, b) = {
            let (first, second) = (_mm_max_ps(a, b), _mm_max_ps(b, a));
            let differing = _mm_xor_ps(first, second);
            // NaN stays, -0 less -0 is 0, and what does not differ stays.
            _mm_sub_ps(_mm_or_ps(first, differing), differing)
        };
        scale(a, shifted) = _mm_castsi128_ps(_mm_add_epi32(
            _mm_castps_si128(a),
            _mm_slli_epi32::<23>(_mm_castps_si128(shifted)),
        ));
    }

    #[inline(always)]
    fn split(self, a: __m128) -> (__m128, __m128) {
        const ONE: i32 = 1f32.to_bits() as i32;
        const SHIFT: i32 = ONE - 0.75f32.to_bits() as i32;
        // An integer below the number of fraction bits, in the fraction of this power of two, is
        // added to it.
        const BASE: f32 = (1u64 << 23) as f32;
        const BIAS: f32 = BASE + (ONE >> 23) as f32;
        // SAFETY: every x86-64 has SSE2.
        unsafe {
            let bits = _mm_castps_si128(a);
            let biased = _mm_srli_epi32::<23>(_mm_add_epi32(bits, _mm_set1_epi32(SHIFT)));
            let m = _mm_sub_epi32(bits, _mm_slli_epi32::<23>(biased));
            let m = _mm_add_epi32(m, _mm_set1_epi32(ONE));
            let e = _mm_or_ps(_mm_castsi128_ps(biased), _mm_set1_ps(BASE));
            (_mm_castsi128_ps(m), _mm_sub_ps(e, _mm_set1_ps(BIAS)))
        }
    }

    #[inline(always)]
    fn sum(self, a: __m128) -> f32 {
        // SAFETY: every x86-64 has SSE2.
        unsafe {
            let a = _mm_add_ps(a, _mm_movehl_ps(a, a));
            _mm_cvtss_f32(_mm_add_ss(a, _mm_shuffle_ps::<1>(a, a)))
        }
    }

    #[inline(always)]
    fn largest(self, a: __m128) -> f32 {
        // SAFETY: every x86-64 has SSE2.
        unsafe {
            let a = _mm_max_ps(a, _mm_movehl_ps(a, a));
            _mm_cvtss_f32(_mm_max_ss(a, _mm_shuffle_ps::<1>(a, a)))
        }
    }
}

impl Machine<f64> for Sse2 {
    type Reg = __m128d;
    type Mask = __m128d;

    type Wide = Self;

    const LANES: usize = 2;
    const TIER: Tier = Tier::Sse2;
    const FUSED: bool = false;
    const SPLITS_ALL: bool = false;

    #[inline(always)]
    fn splat(self, value: f64) -> __m128d {
        // SAFETY: every x86-64 has SSE2.
        unsafe { _mm_set1_pd(value) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> __m128d {
        // SAFETY: every x86-64 has SSE2; the memory is the caller's.
        unsafe { _mm_loadu_pd(from) }
    }

    #[inline(always)]
    unsafe fn store(self, a: __m128d, to: *mut f64) {
        // SAFETY: every x86-64 has SSE2; the memory is the caller's.
        unsafe { _mm_storeu_pd(to, a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: __m128d, to: *mut f64, count: usize) {
        let mut lanes = [0.0; 2];
        // SAFETY: the array has two values, and the caller vouches for `count <= 2` from `to` on.
        unsafe {
            _mm_storeu_pd(lanes.as_mut_ptr(), a);
            to.copy_from_nonoverlapping(lanes.as_ptr(), count);
        }
    }

    #[inline(always)]
    fn first(self, count: usize) -> __m128d {
        let from = &FIRST_64[2 - if count < 2 { count } else { 2 }..][..2];
        // SAFETY: every x86-64 has SSE2; the slice has two words.
        unsafe { _mm_loadu_pd(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn less(self, a: __m128d, b: __m128d) -> __m128d {
        // SAFETY: every x86-64 has SSE2.
        unsafe { _mm_cmplt_pd(a, b) }
    }

    #[inline(always)]
    fn select(self, mask: __m128d, yes: __m128d, no: __m128d) -> __m128d {
        // SAFETY: every x86-64 has SSE2.
        unsafe { _mm_or_pd(_mm_and_pd(mask, yes), _mm_andnot_pd(mask, no)) }
    }

    instructions! {
        add(a, b) = _mm_add_pd(a, b);
        sub(a, b) = _mm_sub_pd(a, b);
        mul(a, b) = _mm_mul_pd(a, b);
        div(a, b) = _mm_div_pd(a, b);
        neg(a) = _mm_xor_pd(a, _mm_set1_pd(-0.0));
        abs(a) = _mm_andnot_pd(_mm_set1_pd(-0.0), a);
        copysign(a, sign) = _mm_or_pd(
            _mm_andnot_pd(_mm_set1_pd(-0.0), a),
            _mm_and_pd(_mm_set1_pd(-0.0), sign),
        );
        sqrt(a) = _mm_sqrt_pd(a);
        mul_add(a, b, c) = _mm_add_pd(_mm_mul_pd(a, b), c);
        neg_mul_add(a, b, c) = _mm_sub_pd(c, _mm_mul_pd(a, b));
        // The instructions return their second operand when one is NaN.
        min(a, b) = _mm_min_pd(b, a);
        max(a, b) = _mm_max_pd(b, a);
        // Both orders differ where an operand is NaN, or both are zeros: then bits of either are
        // wanted.
        minimum(a, b) = _mm_or_pd(_mm_min_pd(a, b), _mm_min_pd(b, a));
        maximum(a, b) = {
            let (first, second) = (_mm_max_pd(a, b), _mm_max_pd(b, a));
            let differing = _mm_xor_pd(first, second);
            // NaN stays, -0 less -0 is 0, and what does not differ stays.
            _mm_sub_pd(_mm_or_pd(first, differing), differing)
        };
        scale(a, shifted) = _mm_castsi128_pd(_mm_add_epi64(
            _mm_castpd_si128(a),
            _mm_slli_epi64::<52>(_mm_castpd_si128(shifted)),
        ));
    }

    #[inline(always)]
    fn split(self, a: __m128d) -> (__m128d, __m128d) {
        const ONE: i64 = 1f64.to_bits() as i64;
        const SHIFT: i64 = ONE - 0.75f64.to_bits() as i64;
        // An integer below the number of fraction bits, in the fraction of this power of two, is
        // added to it.
        const BASE: f64 = (1u64 << 52) as f64;
        const BIAS: f64 = BASE + (ONE >> 52) as f64;
        // SAFETY: every x86-64 has SSE2.
        unsafe {
            let bits = _mm_castpd_si128(a);
            let biased = _mm_srli_epi64::<52>(_mm_add_epi64(bits, _mm_set1_epi64x(SHIFT)));
            let m = _mm_sub_epi64(bits, _mm_slli_epi64::<52>(biased));
            let m = _mm_add_epi64(m, _mm_set1_epi64x(ONE));
            let e = _mm_or_pd(_mm_castsi128_pd(biased), _mm_set1_pd(BASE));
            (_mm_castsi128_pd(m), _mm_sub_pd(e, _mm_set1_pd(BIAS)))
        }
    }

    #[inline(always)]
    fn sum(self, a: __m128d) -> f64 {
        // SAFETY: every x86-64 has SSE2.
        unsafe { _mm_cvtsd_f64(_mm_add_sd(a, _mm_unpackhi_pd(a, a))) }
    }

    #[inline(always)]
    fn largest(self, a: __m128d) -> f64 {
        // SAFETY: every x86-64 has SSE2.
        unsafe { _mm_cvtsd_f64(_mm_max_sd(a, _mm_unpackhi_pd(a, a))) }
    }
}
