//! The two scalar types kernels are made for.

use super::dispatch::{Kernel, dispatch_f32, dispatch_f64};
use super::simd::{Available, Coefficients};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`: what parameters, states and gradients consist of.
pub trait Element:
    sealed::Sealed
    + Coefficients
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

    /// Widens to `f64`. Not called `to_f64`, which on a reference would be that of
    /// `num_traits::ToPrimitive`.
    fn as_f64(self) -> f64;

    /// The inner product of slices of one length. Written out for each type, like
    /// [`add_scaled`](Element::add_scaled): generic code takes ten times as long where it is not
    /// optimised.
    #[doc(hidden)]
    fn dot(a: &[Self], b: &[Self]) -> Self;

    /// `into += factor * values` for slices of one length.
    #[doc(hidden)]
    fn add_scaled(into: &mut [Self], factor: Self, values: &[Self]);

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

            fn dot(a: &[$E], b: &[$E]) -> $E {
                let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
                let (mut even, mut odd, mut i) = (0.0, 0.0, 0);
                // Loops over iterators are calls where nothing is optimised.
                while i < a.len().min(b.len()) {
                    let (a, b) = (&a[i], &b[i]);
                    even += a[0] * b[0] + a[2] * b[2] + a[4] * b[4] + a[6] * b[6];
                    odd += a[1] * b[1] + a[3] * b[3] + a[5] * b[5] + a[7] * b[7];
                    i += 1;
                }
                a_rest.iter().zip(b_rest).fold(even + odd, |sum, (a, b)| sum + a * b)
            }

            fn add_scaled(into: &mut [$E], factor: $E, values: &[$E]) {
                let (into, into_rest) = into.as_chunks_mut::<8>();
                let (values, values_rest) = values.as_chunks::<8>();
                let mut i = 0;
                while i < into.len().min(values.len()) {
                    let (into, values) = (&mut into[i], &values[i]);
                    into[0] += factor * values[0];
                    into[1] += factor * values[1];
                    into[2] += factor * values[2];
                    into[3] += factor * values[3];
                    into[4] += factor * values[4];
                    into[5] += factor * values[5];
                    into[6] += factor * values[6];
                    into[7] += factor * values[7];
                    i += 1;
                }
                into_rest
                    .iter_mut()
                    .zip(values_rest)
                    .for_each(|(into, value)| *into += factor * value);
            }

            #[inline]
            fn dispatch<K: Kernel<$E>>(tier: impl Into<Available>, kernel: K) -> K::Output {
                $dispatch(tier.into(), kernel)
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
