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

    /// Widens to `f64`. Not called `to_f64`, which on a reference would be that of `num_traits::ToPrimitive`.
    fn as_f64(self) -> f64;

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
            fn as_f64(self) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::Element;

    /// `num_traits::ToPrimitive` has a `to_f64` that takes a reference and gives an `Option`.
    #[test]
    fn widening_through_a_reference_is_of_this_trait() {
        fn sum<E: Element>(values: &[E]) -> f64 {
            values.iter().map(|value| value.as_f64()).sum()
        }
        assert_eq!(sum(&[1.5f32, 2.0]) + sum(&[0.25f64]), 3.75);
    }
}
