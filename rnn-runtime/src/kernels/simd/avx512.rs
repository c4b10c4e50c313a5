//! AVX-512 F, VL, DQ and BW: sixteen `f32` or eight `f64` lanes, masks in registers of their own.

use core::arch::x86_64::*;

use super::Tier;
use super::machine::{Function, Machine, function, instructions, settle};
use super::vector::Vector;

/// Token of [`Tier::Avx512`].
#[derive(Debug, Clone, Copy)]
pub struct Avx512(());

impl Avx512 {
    /// The token.
    ///
    /// # Safety
    /// The machine must have AVX-512 F, VL, DQ and BW, AVX2 and FMA.
    #[inline(always)]
    pub(in crate::kernels) unsafe fn new() -> Self {
        Avx512(())
    }
}

impl Machine<f32> for Avx512 {
    type Reg = __m512;
    type Mask = __mmask16;

    type Wide = Self;

    const LANES: usize = 16;
    const TIER: Tier = Tier::Avx512;
    const FUSED: bool = true;
    const SPLITS_ALL: bool = true;

    function!(f32, "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma");
    settle!(__m512, zmm_reg, "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma");

    #[inline(always)]
    fn power(self, t: __m512) -> [__m512; 2] {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let n = _mm512_roundscale_ps::<NEAREST>(t);
            [n, _mm512_scalef_ps(_mm512_set1_ps(1.0), n)]
        }
    }

    #[inline(always)]
    fn first_lane(self, a: __m512) -> f32 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_cvtss_f32(a) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> __m512 {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_half<const BRAIN: bool>(self, from: *const u16) -> __m512 {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe {
            let halves = _mm256_loadu_si256(from.cast());
            if BRAIN {
                _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(halves)))
            } else {
                _mm512_cvtph_ps(halves)
            }
        }
    }

    #[inline(always)]
    unsafe fn load_interleaved(self, from: *const u16) -> [__m512; 2] {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe {
            let pairs = _mm512_loadu_si512(from.cast());
            let odd = _mm512_and_si512(pairs, _mm512_set1_epi32(-1 << 16));
            let even = _mm512_slli_epi32::<16>(pairs);
            [_mm512_castsi512_ps(even), _mm512_castsi512_ps(odd)]
        }
    }

    #[inline(always)]
    unsafe fn store(self, a: __m512, to: *mut f32) {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe { _mm512_storeu_ps(to, a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: __m512, to: *mut f32, count: usize) {
        let mask = Machine::<f32>::first(self, count);
        // SAFETY: instructions by the token; masked lanes are not touched, the others are the
        // caller's.
        unsafe { _mm512_mask_storeu_ps(to, mask, a) }
    }

    #[inline(always)]
    fn first(self, count: usize) -> __mmask16 {
        if count < 16 { (1 << count) - 1 } else { !0 }
    }

    #[inline(always)]
    fn less(self, a: __m512, b: __m512) -> __mmask16 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b) }
    }

    #[inline(always)]
    fn select(self, mask: __mmask16, yes: __m512, no: __m512) -> __m512 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_mask_blend_ps(mask, no, yes) }
    }

    instructions! {
        zero_where_less(a, b, other) = _mm512_maskz_mov_ps(
            _mm512_cmp_ps_mask::<_CMP_NLT_UQ>(a, b),
            other,
        );
        add(a, b) = _mm512_add_ps(a, b);
        sub(a, b) = _mm512_sub_ps(a, b);
        mul(a, b) = _mm512_mul_ps(a, b);
        div(a, b) = _mm512_div_ps(a, b);
        neg(a) = _mm512_xor_ps(a, _mm512_set1_ps(-0.0));
        abs(a) = _mm512_andnot_ps(_mm512_set1_ps(-0.0), a);
        copysign(a, sign) = _mm512_castsi512_ps(_mm512_ternarylogic_epi32::<BLEND>(
            _mm512_set1_epi32(i32::MIN),
            _mm512_castps_si512(sign),
            _mm512_castps_si512(a),
        ));
        sqrt(a) = _mm512_sqrt_ps(a);
        round(a) = _mm512_roundscale_ps::<NEAREST>(a);
        floor(a) = _mm512_roundscale_ps::<DOWN>(a);
        mul_add(a, b, c) = _mm512_fmadd_ps(a, b, c);
        neg_mul_add(a, b, c) = _mm512_fnmadd_ps(a, b, c);
        // The instructions return their second operand when one is NaN.
        min(a, b) = _mm512_min_ps(b, a);
        max(a, b) = _mm512_max_ps(b, a);
        // Both orders differ where an operand is NaN, or both are zeros: then bits of either are
        // wanted.
        minimum(a, b) = _mm512_or_ps(_mm512_min_ps(a, b), _mm512_min_ps(b, a));
        maximum(a, b) = {
            let (first, second) = (_mm512_max_ps(a, b), _mm512_max_ps(b, a));
            let differing = _mm512_xor_ps(first, second);
            // NaN stays, -0 less -0 is 0, and what does not differ stays.
            _mm512_sub_ps(_mm512_or_ps(first, differing), differing)
        };
        scale(a, shifted) = _mm512_castsi512_ps(_mm512_add_epi32(
            _mm512_castps_si512(a),
            _mm512_slli_epi32::<23>(_mm512_castps_si512(shifted)),
        ));
        // An estimate of 14 bits and a Newton step.
        reciprocal(a) = {
            let x = _mm512_rcp14_ps(a);
            _mm512_fmadd_ps(x, _mm512_fnmadd_ps(a, x, _mm512_set1_ps(1.0)), x)
        };
    }

    #[inline(always)]
    fn split(self, a: __m512) -> (__m512, __m512) {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let m = _mm512_getmant_ps::<_MM_MANT_NORM_P75_1P5, _MM_MANT_SIGN_NAN>(a);
            (m, _mm512_sub_ps(_mm512_getexp_ps(a), _mm512_getexp_ps(m)))
        }
    }

    #[inline(always)]
    fn sum(self, a: __m512) -> f32 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_reduce_add_ps(a) }
    }

    #[inline(always)]
    fn largest(self, a: __m512) -> f32 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_reduce_max_ps(a) }
    }
}

impl Machine<f64> for Avx512 {
    type Reg = __m512d;
    type Mask = __mmask8;

    type Wide = Self;

    const LANES: usize = 8;
    const TIER: Tier = Tier::Avx512;
    const FUSED: bool = true;
    const SPLITS_ALL: bool = true;

    function!(f64, "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma");
    settle!(__m512d, zmm_reg, "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma");

    #[inline(always)]
    fn power(self, t: __m512d) -> [__m512d; 2] {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let n = _mm512_roundscale_pd::<NEAREST>(t);
            [n, _mm512_scalef_pd(_mm512_set1_pd(1.0), n)]
        }
    }

    #[inline(always)]
    fn first_lane(self, a: __m512d) -> f64 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_cvtsd_f64(a) }
    }

    #[inline(always)]
    fn splat(self, value: f64) -> __m512d {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_set1_pd(value) }
    }

    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> __m512d {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe { _mm512_loadu_pd(from) }
    }

    #[inline(always)]
    unsafe fn store(self, a: __m512d, to: *mut f64) {
        // SAFETY: instructions by the token, memory by the caller.
        unsafe { _mm512_storeu_pd(to, a) }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: __m512d, to: *mut f64, count: usize) {
        let mask = Machine::<f64>::first(self, count);
        // SAFETY: instructions by the token; masked lanes are not touched, the others are the
        // caller's.
        unsafe { _mm512_mask_storeu_pd(to, mask, a) }
    }

    #[inline(always)]
    fn first(self, count: usize) -> __mmask8 {
        if count < 8 { (1 << count) - 1 } else { !0 }
    }

    #[inline(always)]
    fn less(self, a: __m512d, b: __m512d) -> __mmask8 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(a, b) }
    }

    #[inline(always)]
    fn select(self, mask: __mmask8, yes: __m512d, no: __m512d) -> __m512d {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_mask_blend_pd(mask, no, yes) }
    }

    instructions! {
        zero_where_less(a, b, other) = _mm512_maskz_mov_pd(
            _mm512_cmp_pd_mask::<_CMP_NLT_UQ>(a, b),
            other,
        );
        add(a, b) = _mm512_add_pd(a, b);
        sub(a, b) = _mm512_sub_pd(a, b);
        mul(a, b) = _mm512_mul_pd(a, b);
        div(a, b) = _mm512_div_pd(a, b);
        neg(a) = _mm512_xor_pd(a, _mm512_set1_pd(-0.0));
        abs(a) = _mm512_andnot_pd(_mm512_set1_pd(-0.0), a);
        copysign(a, sign) = _mm512_castsi512_pd(_mm512_ternarylogic_epi64::<BLEND>(
            _mm512_set1_epi64(i64::MIN),
            _mm512_castpd_si512(sign),
            _mm512_castpd_si512(a),
        ));
        sqrt(a) = _mm512_sqrt_pd(a);
        round(a) = _mm512_roundscale_pd::<NEAREST>(a);
        floor(a) = _mm512_roundscale_pd::<DOWN>(a);
        mul_add(a, b, c) = _mm512_fmadd_pd(a, b, c);
        neg_mul_add(a, b, c) = _mm512_fnmadd_pd(a, b, c);
        // The instructions return their second operand when one is NaN.
        min(a, b) = _mm512_min_pd(b, a);
        max(a, b) = _mm512_max_pd(b, a);
        // Both orders differ where an operand is NaN, or both are zeros: then bits of either are
        // wanted.
        minimum(a, b) = _mm512_or_pd(_mm512_min_pd(a, b), _mm512_min_pd(b, a));
        maximum(a, b) = {
            let (first, second) = (_mm512_max_pd(a, b), _mm512_max_pd(b, a));
            let differing = _mm512_xor_pd(first, second);
            // NaN stays, -0 less -0 is 0, and what does not differ stays.
            _mm512_sub_pd(_mm512_or_pd(first, differing), differing)
        };
        scale(a, shifted) = _mm512_castsi512_pd(_mm512_add_epi64(
            _mm512_castpd_si512(a),
            _mm512_slli_epi64::<52>(_mm512_castpd_si512(shifted)),
        ));
        // The same with two steps.
        reciprocal(a) = {
            let x = _mm512_rcp14_pd(a);
            let x = _mm512_fmadd_pd(x, _mm512_fnmadd_pd(a, x, _mm512_set1_pd(1.0)), x);
            _mm512_fmadd_pd(x, _mm512_fnmadd_pd(a, x, _mm512_set1_pd(1.0)), x)
        };
    }

    #[inline(always)]
    fn split(self, a: __m512d) -> (__m512d, __m512d) {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe {
            let m = _mm512_getmant_pd::<_MM_MANT_NORM_P75_1P5, _MM_MANT_SIGN_NAN>(a);
            (m, _mm512_sub_pd(_mm512_getexp_pd(a), _mm512_getexp_pd(m)))
        }
    }

    #[inline(always)]
    fn sum(self, a: __m512d) -> f64 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_reduce_add_pd(a) }
    }

    #[inline(always)]
    fn largest(self, a: __m512d) -> f64 {
        // SAFETY: the token proves that the tier's instructions are there.
        unsafe { _mm512_reduce_max_pd(a) }
    }
}

/// Truth table of `first ? second : third`, bit by bit.
const BLEND: i32 = 0xCA;

/// To the nearest whole number, of two the even one; the upper bits, for places after the point,
/// are none.
const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

/// To the next whole number below.
const DOWN: i32 = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
