//! What a tier must supply for one element type: operations on bare registers.
//!
//! [`Vector`](super::vector::Vector) builds everything else on top, once for all tiers:
//!
//! ```text
//! Machine<f32> for Avx2 ->  Vector<Avx2, f32>: Lanes  ->  Avx2: Simd<f32>
//! ```

use super::vector::Vector;
use super::{MAX_LANES, Tier, half};
use crate::kernels::element::Element;

/// An elementary function on vectors.
pub trait Function {
    /// Its values, lane by lane.
    fn of<T: Machine<E>, E: Element>(x: Vector<T, E>) -> Vector<T, E>;
}

/// The instructions of one tier on vectors of `E`.
///
/// Each method takes the tier's token, the proof that its instructions are there, and is therefore
/// safe unless it takes a pointer.
pub trait Machine<E: Element>: Copy + Send + Sync + 'static {
    /// The register type.
    type Reg: Copy + Send + Sync;

    /// One truth value a lane.
    type Mask: Copy;

    /// What loops over one row use: `Self`, or a [`Pair`](super::Pair) of it where a core has the
    /// registers and waits for each chain of operations.
    type Wide: Machine<E> + From<Self>;

    /// Number of lanes.
    const LANES: usize;

    /// The tier of this token.
    const TIER: Tier;

    /// Whether `mul_add` rounds once.
    const FUSED: bool;

    /// Whether `split` also takes zeros, denormals, infinities, NaN and negative numbers.
    const SPLITS_ALL: bool;

    /// `value` in each lane.
    fn splat(self, value: E) -> Self::Reg;

    /// Reads `LANES` values.
    ///
    /// # Safety
    /// `from` must be valid for reads of `LANES` values; it need not be aligned.
    unsafe fn load(self, from: *const E) -> Self::Reg;

    /// Reads `LANES` values of half width: `bf16` if `BRAIN`, else `f16`, finite or NaN.
    ///
    /// # Safety
    /// `from` must be valid for reads of `LANES` values; it need not be aligned.
    #[inline(always)]
    unsafe fn load_half<const BRAIN: bool>(self, from: *const u16) -> Self::Reg {
        let mut values = [E::zero(); MAX_LANES];
        for (i, value) in values.iter_mut().enumerate().take(Self::LANES) {
            // SAFETY: the caller's promise, `i` being below `LANES`.
            *value = E::from_f64(f64::from(half::widen::<BRAIN>(unsafe { *from.add(i) })));
        }
        // SAFETY: no vector has more than `MAX_LANES` lanes.
        unsafe { self.load(values.as_ptr()) }
    }

    /// Reads two vectors of `bf16` whose lanes take turns.
    ///
    /// # Safety
    /// `from` must be valid for reads of `2 * LANES` values; it need not be aligned.
    #[inline(always)]
    unsafe fn load_interleaved(self, from: *const u16) -> [Self::Reg; 2] {
        [0, 1].map(|first| {
            let mut values = [0; MAX_LANES];
            for (i, value) in values.iter_mut().enumerate().take(Self::LANES) {
                // SAFETY: the caller's promise, `i` being below `LANES`.
                *value = unsafe { *from.add(2 * i + first) };
            }
            // SAFETY: no vector has more than `MAX_LANES` lanes.
            unsafe { self.load_half::<true>(values.as_ptr()) }
        })
    }

    /// Writes `LANES` values.
    ///
    /// # Safety
    /// `to` must be valid for writes of `LANES` values; it need not be aligned.
    unsafe fn store(self, a: Self::Reg, to: *mut E);

    /// Writes the first `count` lanes.
    ///
    /// # Safety
    /// `count <= LANES`, and `to` must be valid for writes of `count` values.
    unsafe fn store_first(self, a: Self::Reg, to: *mut E, count: usize);

    /// True in the lanes below `count`, which may exceed `LANES`.
    fn first(self, count: usize) -> Self::Mask;

    /// `a < b`; false for NaN.
    fn less(self, a: Self::Reg, b: Self::Reg) -> Self::Mask;

    /// `yes` where the mask is true, else `no`.
    fn select(self, mask: Self::Mask, yes: Self::Reg, no: Self::Reg) -> Self::Reg;

    /// 0 where `a < b`, else `other`.
    #[inline(always)]
    fn zero_where_less(self, a: Self::Reg, b: Self::Reg, other: Self::Reg) -> Self::Reg {
        self.select(self.less(a, b), self.splat(E::zero()), other)
    }

    /// `a + b`.
    fn add(self, a: Self::Reg, b: Self::Reg) -> Self::Reg;

    /// `a - b`.
    fn sub(self, a: Self::Reg, b: Self::Reg) -> Self::Reg;

    /// `a * b`.
    fn mul(self, a: Self::Reg, b: Self::Reg) -> Self::Reg;

    /// `a / b`.
    fn div(self, a: Self::Reg, b: Self::Reg) -> Self::Reg;

    /// `-a`, zeros and NaN included.
    fn neg(self, a: Self::Reg) -> Self::Reg;

    /// `|a|`.
    fn abs(self, a: Self::Reg) -> Self::Reg;

    /// `|a|` with the sign of `sign`.
    fn copysign(self, a: Self::Reg, sign: Self::Reg) -> Self::Reg;

    /// `a`, negative also where `sign` is; for two numbers of one sign, or zero and any.
    #[inline(always)]
    fn or_sign(self, a: Self::Reg, sign: Self::Reg) -> Self::Reg {
        self.copysign(a, sign)
    }

    /// Square root, correctly rounded.
    fn sqrt(self, a: Self::Reg) -> Self::Reg;

    /// The nearest whole number, of two the even one, with the sign of `a`; infinities and NaN
    /// stay.
    #[inline(always)]
    fn round(self, a: Self::Reg) -> Self::Reg {
        // Numbers from here on are whole. Added to a smaller one, it leaves no place for a
        // fraction.
        let whole = self.splat(E::one() / E::epsilon());
        let size = self.abs(a);
        let near = self.sub(self.add(size, whole), whole);
        self.copysign(self.select(self.less(size, whole), near, size), a)
    }

    /// The largest whole number that is not above `a`; zeros, infinities and NaN stay.
    #[inline(always)]
    fn floor(self, a: Self::Reg) -> Self::Reg {
        let near = self.round(a);
        let beyond = self.less(a, near);
        self.sub(near, self.select(beyond, self.splat(E::one()), self.splat(E::zero())))
    }

    /// `a * b + c`, fused where the tier can.
    fn mul_add(self, a: Self::Reg, b: Self::Reg, c: Self::Reg) -> Self::Reg;

    /// `c - a * b`, fused where the tier can.
    fn neg_mul_add(self, a: Self::Reg, b: Self::Reg, c: Self::Reg) -> Self::Reg;

    /// `b < a ? b : a`, so that a NaN in `a` comes through.
    fn min(self, a: Self::Reg, b: Self::Reg) -> Self::Reg;

    /// `a < b ? b : a`, so that a NaN in `a` comes through.
    fn max(self, a: Self::Reg, b: Self::Reg) -> Self::Reg;

    /// The smaller of both, NaN if either is NaN; -0 is smaller than 0.
    fn minimum(self, a: Self::Reg, b: Self::Reg) -> Self::Reg;

    /// The larger of both, NaN if either is NaN; -0 is smaller than 0.
    fn maximum(self, a: Self::Reg, b: Self::Reg) -> Self::Reg;

    /// `a * 2^n` where `shifted` is `n` plus
    /// [`Coefficients::MAGIC`](super::math::Coefficients::MAGIC), by adding `n` to the exponent of
    /// `a`. The result must be normal, or zero by `a` a power of two and `n` the first that makes
    /// its exponent field zero; for anything else it is noise.
    fn scale(self, a: Self::Reg, shifted: Self::Reg) -> Self::Reg;

    /// The whole number `n` nearest to `t`, and `2^n`, for `n` an exponent of normal numbers.
    #[inline(always)]
    fn power(self, t: Self::Reg) -> [Self::Reg; 2] {
        let magic = self.splat(E::MAGIC);
        let shifted = self.add(t, magic);
        [self.sub(shifted, magic), self.scale(self.splat(E::one()), shifted)]
    }

    /// `m` and `e` with `a = m * 2^e` and `0.75 <= m < 1.5`, for positive normal `a`. Where
    /// [`SPLITS_ALL`](Machine::SPLITS_ALL), also `e` minus infinity for zero and infinity for
    /// infinity with `m` finite, and NaN for negative numbers and NaN.
    fn split(self, a: Self::Reg) -> (Self::Reg, Self::Reg);

    /// `1 / a` within 1 ulp, for `a` from 1 to the inverse of the smallest normal number, or NaN;
    /// beyond that zero or the result, which is below the normal numbers.
    #[inline(always)]
    fn reciprocal(self, a: Self::Reg) -> Self::Reg {
        self.div(self.splat(E::one()), a)
    }

    /// A function of one vector, compiled with the tier's instructions but apart from its callers:
    /// whether it is inlined is the optimiser's choice. Builds without optimisation compile it
    /// once, and not for each use.
    #[inline]
    fn function<F: Function>(self, x: Vector<Self, E>) -> Vector<Self, E> {
        F::of(x)
    }

    /// Computes these before all that is made of any of them. Left alone the compiler finishes one
    /// sum, and functions of it, before it begins the next: the chains of a step of a small cell
    /// would follow one another where they could overlap. No more than eight, or nothing is done.
    #[inline(always)]
    fn settle(self, _registers: &mut [Self::Reg]) {}

    /// The first lane.
    #[inline(always)]
    fn first_lane(self, a: Self::Reg) -> E {
        let mut lanes = [E::zero(); MAX_LANES];
        // SAFETY: no vector has more than `MAX_LANES` lanes.
        unsafe { self.store(a, lanes.as_mut_ptr()) };
        lanes[0]
    }

    /// Sum of the lanes, always in the same order.
    fn sum(self, a: Self::Reg) -> E;

    /// Largest lane; among lanes of which one is NaN, any of them.
    fn largest(self, a: Self::Reg) -> E;
}

/// [`Machine::function`] of a tier with instructions that not every machine of its kind has.
#[allow(unused_macros, reason = "no such tier may be there")]
macro_rules! function {
    ($E:ty, $instructions:literal) => {
        #[inline(always)]
        fn function<F: Function>(self, x: Vector<Self, $E>) -> Vector<Self, $E> {
            #[inline]
            #[target_feature(enable = $instructions)]
            fn apart<T: Machine<$E>, F: Function>(x: Vector<T, $E>) -> Vector<T, $E> {
                F::of(x)
            }
            // SAFETY: the token proves that the tier's instructions are there.
            unsafe { apart::<Self, F>(x) }
        }
    };
}

#[allow(unused_imports, reason = "as above")]
pub(super) use function;

/// [`Machine::settle`] by an empty instruction that takes all registers and gives them back, for
/// registers of a type and class, and the instructions that have them.
#[allow(unused_macros, reason = "no such tier may be there")]
macro_rules! settle {
    ($Reg:ty, $class:ident, $instructions:literal) => {
        #[inline(always)]
        fn settle(self, registers: &mut [$Reg]) {
            settle! {
                $Reg, $class, $instructions, registers:
                [a b] [a b c] [a b c d] [a b c d e] [a b c d e f] [a b c d e f g] [a b c d e f g h]
            }
        }
    };
    ($Reg:ty, $class:ident, $instructions:literal, $all:ident: $([$($one:ident)+])+) => {
        match $all {
            $([$($one),+] => {
                #[inline]
                #[target_feature(enable = $instructions)]
                #[allow(clippy::too_many_arguments, reason = "one for each register")]
                fn apart($($one: &mut $Reg),+) {
                    // SAFETY: there is no instruction, only a comment with the registers' names.
                    unsafe {
                        core::arch::asm!(
                            $(concat!("/* {", stringify!($one), "} */"),)+
                            $($one = inout($class) *$one,)+
                            options(pure, nomem, nostack, preserves_flags)
                        );
                    }
                }
                // SAFETY: the token proves that the tier's instructions are there.
                unsafe { apart($($one),+) }
            })+
            _ => {}
        }
    };
}

#[allow(unused_imports, reason = "as above")]
pub(super) use settle;

/// Methods of [`Machine`] that map registers to a register by one expression of intrinsics; after
/// `safe`, of intrinsics that need no proof, as those of wasm.
#[allow(unused_macros, reason = "the scalar tier may be the only one")]
macro_rules! instructions {
    (safe $($name:ident($($operand:ident),+) = $body:expr;)+) => {$(
        #[inline(always)]
        fn $name(self, $($operand: Self::Reg),+) -> Self::Reg {
            $body
        }
    )+};
    ($($name:ident($($operand:ident),+) = $body:expr;)+) => {$(
        #[inline(always)]
        fn $name(self, $($operand: Self::Reg),+) -> Self::Reg {
            // SAFETY: the token proves that the tier's instructions are there.
            unsafe { $body }
        }
    )+};
}

#[allow(unused_imports, reason = "as above")]
pub(super) use instructions;
