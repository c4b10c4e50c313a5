//! The two scalar types kernels are made for.

use crate::sequence::Driver;
use crate::simd::{Available, Coefficients, Kernel};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`: what parameters, states and gradients consist of.
pub trait Element:
    sealed::Sealed
    + Coefficients
    + Driver
    + num_traits::Float
    + num_traits::NumAssign
    + ndarray::LinalgScalar
    + ndarray::ScalarOperand
    + core::fmt::Debug
    + core::fmt::Display
    + core::fmt::LowerExp
    + core::iter::Sum
    + Default
    + Send
    + Sync
    + 'static
{
    /// Name in Rust: `"f32"` or `"f64"`.
    const NAME: &'static str;

    /// Rounds to this type.
    fn from_f64(value: f64) -> Self;

    /// Widens to `f64`.
    fn to_f64(self) -> f64;

    /// Runs `kernel` compiled for `tier`, or for the best tier below it that is there.
    #[doc(hidden)]
    fn dispatch<K: Kernel<Self>>(tier: impl Into<Available>, kernel: K) -> K::Output;
}

macro_rules! element {
    ($E:ident, $dispatch:ident) => {
        impl Element for $E {
            const NAME: &'static str = stringify!($E);

            #[inline(always)]
            fn from_f64(value: f64) -> $E {
                value as $E
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline]
            fn dispatch<K: Kernel<$E>>(tier: impl Into<Available>, kernel: K) -> K::Output {
                crate::simd::$dispatch(tier.into(), kernel)
            }
        }
    };
}

element!(f32, dispatch_f32);
element!(f64, dispatch_f64);
