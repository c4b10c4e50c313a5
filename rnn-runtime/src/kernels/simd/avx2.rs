//! AVX2 with FMA: eight `f32` or four `f64` lanes, masks as vectors.

use core::arch::x86_64::*;

use super::Tier;
use super::machine::{Function, Machine, function, instructions, settle};
use super::vector::Vector;

/// Token of [`Tier::Avx2`].
#[derive(Debug, Clone, Copy)]
pub struct Avx2(());

impl Avx2 {
    /// The token.
    ///
    /// # Safety
    /// The machine must have AVX2, FMA and F16C.
    #[inline(always)]
    pub(in crate::kernels) unsafe fn new() -> Self {
        Avx2(())
    }
}

/// To the nearest whole number, of two the even one.
const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

/// Lane masks by sliding: the eight words from `8 - count` on begin with `count` that are all ones.
static FIRST_32: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

/// The same for four lanes of 64 bits.
static FIRST_64: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];

impl Machine<f32> for Avx2 {
    type Reg = __m256;
    type Mask = __m256;

    type Wide = super::Pair<Self>;

    const LANES: usize = 8;
    const TIER: Tier = Tier::Avx2;
    const FUSED: bool = true;
    const SPLITS_ALL: bool = false;

    function!(f32, "avx2,fma,f16c");
    settle!(__m256, ymm_reg, "avx2,fma,f16c");

    #[inline(always)]
    fn power(self, t: __m256) -> [__m256; 2] {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let exponent = _mm256_slli_epi32::<23>(_mm256_cvtps_epi32(t));
            let one = _mm256_castps_si256(_mm256_set1_ps(1.0));
            let power = _mm256_castsi256_ps(_mm256_add_epi32(exponent, one));
            [_mm256_round_ps::<NEAREST>(t), power]
        }
    }

    #[inline(always)]
    fn or_sign(self, a: __m256, sign: __m256) -> __m256 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_or_ps(a, _mm256_and_ps(sign, _mm256_set1_ps(-0.0))) }
    }

    #[inline(always)]
    fn first_lane(self, a: __m256) -> f32 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_cvtss_f32(a) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> __m256 {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_half<const BRAIN: bool>(self, from: *const u16) -> __m256 {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe {
            let halves = _mm_loadu_si128(from.cast());
            if BRAIN {
                _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(halves)))
            } else {
                _mm256_cvtph_ps(halves)
            }
        }
    }

    #[inline(always)]
    unsafe fn load_interleaved(self, from: *const u16) -> [__m256; 2] {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe {
            let pairs = _mm256_loadu_si256(from.cast());
            let odd = _mm256_and_si256(pairs, _mm256_set1_epi32(-1 << 16));
            let even = _mm256_slli_epi32::<16>(pairs);
            [_mm256_castsi256_ps(even), _mm256_castsi256_ps(odd)]
        }
    }

    #[inline(always)]
    unsafe fn store(self, a: __m256, to: *mut f32) {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe { _mm256_storeu_ps(to, a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: __m256, to: *mut f32, count: usize) {
        let mask = Machine::<f32>::first(self, count);
        // SAFETY: instructions by the token; masked lanes are not touched, the others are the
        // caller's.
        unsafe { _mm256_maskstore_ps(to, _mm256_castps_si256(mask), a) }
    }

    #[inline(always)]
    fn first(self, count: usize) -> __m256 {
        let from = &FIRST_32[8 - if count < 8 { count } else { 8 }..][..8];
        // SAFETY: instructions by the token; the slice has eight words.
        unsafe { _mm256_loadu_ps(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn less(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_cmp_ps::<_CMP_LT_OQ>(a, b) }
    }

    #[inline(always)]
    fn select(self, mask: __m256, yes: __m256, no: __m256) -> __m256 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_blendv_ps(no, yes, mask) }
    }

    instructions! {
        zero_where_less(a, b, other) = _mm256_andnot_ps(_mm256_cmp_ps::<_CMP_LT_OQ>(a, b), other);
        add(a, b) = _mm256_add_ps(a, b);
        sub(a, b) = _mm256_sub_ps(a, b);
        mul(a, b) = _mm256_mul_ps(a, b);
        div(a, b) = _mm256_div_ps(a, b);
        neg(a) = _mm256_xor_ps(a, _mm256_set1_ps(-0.0));
        abs(a) = _mm256_andnot_ps(_mm256_set1_ps(-0.0), a);
        copysign(a, sign) = _mm256_or_ps(
            _mm256_andnot_ps(_mm256_set1_ps(-0.0), a),
            _mm256_and_ps(_mm256_set1_ps(-0.0), sign),
        );
        sqrt(a) = _mm256_sqrt_ps(a);
        round(a) = _mm256_round_ps::<NEAREST>(a);
        floor(a) = _mm256_floor_ps(a);
        mul_add(a, b, c) = _mm256_fmadd_ps(a, b, c);
        neg_mul_add(a, b, c) = _mm256_fnmadd_ps(a, b, c);
        // The instructions return their second operand when one is NaN.
        min(a, b) = _mm256_min_ps(b, a);
        max(a, b) = _mm256_max_ps(b, a);
        // Both orders differ where an operand is NaN, or both are zeros: then bits of either are
        // wanted.
        minimum(a, b) = _mm256_or_ps(_mm256_min_ps(a, b), _mm256_min_ps(b, a));
        maximum(a, b) = {
            let (first, second) = (_mm256_max_ps(a, b), _mm256_max_ps(b, a));
            let differing = _mm256_xor_ps(first, second);
            // NaN stays, -0 less -0 is 0, and what does not differ stays.
            _mm256_sub_ps(_mm256_or_ps(first, differing), differing)
        };
        scale(a, shifted) = _mm256_castsi256_ps(_mm256_add_epi32(
            _mm256_castps_si256(a),
            _mm256_slli_epi32::<23>(_mm256_castps_si256(shifted)),
        ));
    }

    #[inline(always)]
    fn split(self, a: __m256) -> (__m256, __m256) {
        const ONE: i32 = 1f32.to_bits() as i32;
        const SHIFT: i32 = ONE - 0.75f32.to_bits() as i32;
        // An integer below the number of fraction bits, in the fraction of this power of two, is
        // added to it.
        const BASE: f32 = (1u64 << 23) as f32;
        const BIAS: f32 = BASE + (ONE >> 23) as f32;
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let bits = _mm256_castps_si256(a);
            let biased = _mm256_srli_epi32::<23>(_mm256_add_epi32(bits, _mm256_set1_epi32(SHIFT)));
            let m = _mm256_sub_epi32(bits, _mm256_slli_epi32::<23>(biased));
            let m = _mm256_add_epi32(m, _mm256_set1_epi32(ONE));
            let e = _mm256_or_ps(_mm256_castsi256_ps(biased), _mm256_set1_ps(BASE));
            (_mm256_castsi256_ps(m), _mm256_sub_ps(e, _mm256_set1_ps(BIAS)))
        }
    }

    #[inline(always)]
    fn sum(self, a: __m256) -> f32 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let a = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let a = _mm_add_ps(a, _mm_movehl_ps(a, a));
            _mm_cvtss_f32(_mm_add_ss(a, _mm_movehdup_ps(a)))
        }
    }

    #[inline(always)]
    fn largest(self, a: __m256) -> f32 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let a = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let a = _mm_max_ps(a, _mm_movehl_ps(a, a));
            _mm_cvtss_f32(_mm_max_ss(a, _mm_movehdup_ps(a)))
        }
    }
}

impl Machine<f64> for Avx2 {
    type Reg = __m256d;
    type Mask = __m256d;

    type Wide = super::Pair<Self>;

    const LANES: usize = 4;
    const TIER: Tier = Tier::Avx2;
    const FUSED: bool = true;
    const SPLITS_ALL: bool = false;

    function!(f64, "avx2,fma,f16c");
    settle!(__m256d, ymm_reg, "avx2,fma,f16c");

    #[inline(always)]
    fn or_sign(self, a: __m256d, sign: __m256d) -> __m256d {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_or_pd(a, _mm256_and_pd(sign, _mm256_set1_pd(-0.0))) }
    }

    #[inline(always)]
    fn first_lane(self, a: __m256d) -> f64 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_cvtsd_f64(a) }
    }

    #[inline(always)]
    fn splat(self, value: f64) -> __m256d {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_set1_pd(value) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> __m256d {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe { _mm256_loadu_pd(from) }
    }

    #[inline(always)]
    unsafe fn store(self, a: __m256d, to: *mut f64) {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe { _mm256_storeu_pd(to, a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: __m256d, to: *mut f64, count: usize) {
        let mask = Machine::<f64>::first(self, count);
        // SAFETY: instructions by the token; masked lanes are not touched, the others are the
        // caller's.
        unsafe { _mm256_maskstore_pd(to, _mm256_castpd_si256(mask), a) }
    }

    #[inline(always)]
    fn first(self, count: usize) -> __m256d {
        let from = &FIRST_64[4 - if count < 4 { count } else { 4 }..][..4];
        // SAFETY: instructions by the token; the slice has four words.
        unsafe { _mm256_loadu_pd(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn less(self, a: __m256d, b: __m256d) -> __m256d {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_cmp_pd::<_CMP_LT_OQ>(a, b) }
    }

    #[inline(always)]
    fn select(self, mask: __m256d, yes: __m256d, no: __m256d) -> __m256d {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm256_blendv_pd(no, yes, mask) }
    }

    instructions! {
        zero_where_less(a, b, other) = _mm256_andnot_pd(_mm256_cmp_pd::<_CMP_LT_OQ>(a, b), other);
        add(a, b) = _mm256_add_pd(a, b);
        sub(a, b) = _mm256_sub_pd(a, b);
        mul(a, b) = _mm256_mul_pd(a, b);
        div(a, b) = _mm256_div_pd(a, b);
        neg(a) = _mm256_xor_pd(a, _mm256_set1_pd(-0.0));
        abs(a) = _mm256_andnot_pd(_mm256_set1_pd(-0.0), a);
        copysign(a, sign) = _mm256_or_pd(
            _mm256_andnot_pd(_mm256_set1_pd(-0.0), a),
            _mm256_and_pd(_mm256_set1_pd(-0.0), sign),
        );
        sqrt(a) = _mm256_sqrt_pd(a);
        round(a) = _mm256_round_pd::<NEAREST>(a);
        floor(a) = _mm256_floor_pd(a);
        mul_add(a, b, c) = _mm256_fmadd_pd(a, b, c);
        neg_mul_add(a, b, c) = _mm256_fnmadd_pd(a, b, c);
        // The instructions return their second operand when one is NaN.
        min(a, b) = _mm256_min_pd(b, a);
        max(a, b) = _mm256_max_pd(b, a);
        // Both orders differ where an operand is NaN, or both are zeros: then bits of either are
        // wanted.
        minimum(a, b) = _mm256_or_pd(_mm256_min_pd(a, b), _mm256_min_pd(b, a));
        maximum(a, b) = {
            let (first, second) = (_mm256_max_pd(a, b), _mm256_max_pd(b, a));
            let differing = _mm256_xor_pd(first, second);
            // NaN stays, -0 less -0 is 0, and what does not differ stays.
            _mm256_sub_pd(_mm256_or_pd(first, differing), differing)
        };
        scale(a, shifted) = _mm256_castsi256_pd(_mm256_add_epi64(
            _mm256_castpd_si256(a),
            _mm256_slli_epi64::<52>(_mm256_castpd_si256(shifted)),
        ));
    }

    #[inline(always)]
    fn split(self, a: __m256d) -> (__m256d, __m256d) {
        const ONE: i64 = 1f64.to_bits() as i64;
        const SHIFT: i64 = ONE - 0.75f64.to_bits() as i64;
        // An integer below the number of fraction bits, in the fraction of this power of two, is
        // added to it.
        const BASE: f64 = (1u64 << 52) as f64;
        const BIAS: f64 = BASE + (ONE >> 52) as f64;
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let bits = _mm256_castpd_si256(a);
            let biased = _mm256_srli_epi64::<52>(_mm256_add_epi64(bits, _mm256_set1_epi64x(SHIFT)));
            let m = _mm256_sub_epi64(bits, _mm256_slli_epi64::<52>(biased));
            let m = _mm256_add_epi64(m, _mm256_set1_epi64x(ONE));
            let e = _mm256_or_pd(_mm256_castsi256_pd(biased), _mm256_set1_pd(BASE));
            (_mm256_castsi256_pd(m), _mm256_sub_pd(e, _mm256_set1_pd(BIAS)))
        }
    }

    #[inline(always)]
    fn sum(self, a: __m256d) -> f64 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let a = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd::<1>(a));
            _mm_cvtsd_f64(_mm_add_sd(a, _mm_unpackhi_pd(a, a)))
        }
    }

    #[inline(always)]
    fn largest(self, a: __m256d) -> f64 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let a = _mm_max_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd::<1>(a));
            _mm_cvtsd_f64(_mm_max_sd(a, _mm_unpackhi_pd(a, a)))
        }
    }
}
