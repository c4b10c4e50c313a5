//! One lane, plain Rust: every target, `no_std` included, and the twin the other tiers are tested
//! against.

use super::Tier;
use super::machine::Machine;

/// Token of [`Tier::Scalar`].
#[derive(Debug, Clone, Copy)]
pub struct Scalar(());

impl Scalar {
    /// The token; plain Rust needs no proof.
    #[inline(always)]
    pub fn new() -> Self {
        Scalar(())
    }
}

impl Default for Scalar {
    fn default() -> Self {
        Scalar::new()
    }
}

/// [`Machine`] on the type itself, with `libm` for what `core` lacks.
macro_rules! scalar {
    ($E:ident, $bits:ident, $sqrt:path) => {
        impl Machine<$E> for Scalar {
            type Reg = $E;
            type Mask = bool;

            type Wide = Self;

            const LANES: usize = 1;
            const TIER: Tier = Tier::Scalar;
            const FUSED: bool = false;
            const SPLITS_ALL: bool = false;

            #[inline(always)]
            fn splat(self, value: $E) -> $E {
                value
            }

            #[inline(always)]
            unsafe fn load(self, from: *const $E) -> $E {
                // SAFETY: the caller vouches for one value.
                unsafe { from.read_unaligned() }
            }

            #[inline(always)]
            unsafe fn store(self, a: $E, to: *mut $E) {
                // SAFETY: the caller vouches for one value.
                unsafe { to.write_unaligned(a) }
            }

            #[inline(always)]
            unsafe fn store_first(self, a: $E, to: *mut $E, count: usize) {
                if count > 0 {
                    // SAFETY: the caller vouches for `count` values.
                    unsafe { to.write_unaligned(a) }
                }
            }

            #[inline(always)]
            fn first(self, count: usize) -> bool {
                count > 0
            }

            #[inline(always)]
            fn less(self, a: $E, b: $E) -> bool {
                a < b
            }

            #[inline(always)]
            fn select(self, mask: bool, yes: $E, no: $E) -> $E {
                if mask { yes } else { no }
            }

            #[inline(always)]
            fn add(self, a: $E, b: $E) -> $E {
                a + b
            }

            #[inline(always)]
            fn sub(self, a: $E, b: $E) -> $E {
                a - b
            }

            #[inline(always)]
            fn mul(self, a: $E, b: $E) -> $E {
                a * b
            }

            #[inline(always)]
            fn div(self, a: $E, b: $E) -> $E {
                a / b
            }

            #[inline(always)]
            fn neg(self, a: $E) -> $E {
                -a
            }

            #[inline(always)]
            fn abs(self, a: $E) -> $E {
                a.abs()
            }

            #[inline(always)]
            fn copysign(self, a: $E, sign: $E) -> $E {
                a.copysign(sign)
            }

            #[inline(always)]
            fn sqrt(self, a: $E) -> $E {
                $sqrt(a)
            }

            // Two roundings everywhere, so that this tier's results are the same on every machine.
            #[inline(always)]
            fn mul_add(self, a: $E, b: $E, c: $E) -> $E {
                a * b + c
            }

            #[inline(always)]
            fn neg_mul_add(self, a: $E, b: $E, c: $E) -> $E {
                c - a * b
            }

            #[inline(always)]
            fn min(self, a: $E, b: $E) -> $E {
                if b < a { b } else { a }
            }

            #[inline(always)]
            fn max(self, a: $E, b: $E) -> $E {
                if a < b { b } else { a }
            }

            #[inline(always)]
            fn minimum(self, a: $E, b: $E) -> $E {
                if a.is_nan() || b.is_nan() {
                    a + b
                } else if a < b || (a == b && a.is_sign_negative()) {
                    a
                } else {
                    b
                }
            }

            #[inline(always)]
            fn maximum(self, a: $E, b: $E) -> $E {
                -Machine::<$E>::minimum(self, -a, -b)
            }

            #[inline(always)]
            fn scale(self, a: $E, shifted: $E) -> $E {
                let exponent = shifted.to_bits() << ($E::MANTISSA_DIGITS - 1);
                $E::from_bits(a.to_bits().wrapping_add(exponent))
            }

            #[inline(always)]
            fn split(self, a: $E) -> ($E, $E) {
                const FRACTION: u32 = $E::MANTISSA_DIGITS - 1;
                const ONE: $bits = (1.0 as $E).to_bits();
                const SHIFT: $bits = ONE - (0.75 as $E).to_bits();
                let biased = a.to_bits().wrapping_add(SHIFT) >> FRACTION;
                let m = a.to_bits().wrapping_sub(biased << FRACTION).wrapping_add(ONE);
                ($E::from_bits(m), biased as $E - (ONE >> FRACTION) as $E)
            }

            #[inline(always)]
            fn sum(self, a: $E) -> $E {
                a
            }

            #[inline(always)]
            fn largest(self, a: $E) -> $E {
                a
            }
        }
    };
}

scalar!(f32, u32, libm::sqrtf);
scalar!(f64, u64, libm::sqrt);
