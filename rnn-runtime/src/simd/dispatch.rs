//! The way into a tier: one function a tier, compiled with the tier's instructions.

use super::{Kernel, Scalar, Tier};
use crate::element::Element;
use crate::matrix::Kernels;

#[cfg(target_arch = "x86_64")]
use super::{Avx2, Avx512, Sse2};

/// Runs `kernel` on `tier`, or on the best tier below it that this machine has.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn dispatch<E, K>(tier: Tier, kernel: K) -> K::Output
where
    E: Element,
    K: Kernel<E>,
    Scalar: Kernels<E>,
    Sse2: Kernels<E>,
    Avx2: Kernels<E>,
    Avx512: Kernels<E>,
{
    match tier.or_below() {
        // SAFETY: `or_below` returns only tiers of this machine.
        Tier::Avx512 => unsafe { enter_avx512(kernel) },
        // SAFETY: as above.
        Tier::Avx2 => unsafe { enter_avx2(kernel) },
        Tier::Sse2 => kernel.run(Sse2::new()),
        _ => kernel.run(Scalar::new()),
    }
}

/// # Safety
/// The machine must have AVX-512 F, VL, DQ and BW, AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
unsafe fn enter_avx512<E: Element, K: Kernel<E>>(kernel: K) -> K::Output
where
    Avx512: Kernels<E>,
{
    // SAFETY: the caller vouches for the instructions.
    kernel.run(unsafe { Avx512::new() })
}

/// # Safety
/// The machine must have AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn enter_avx2<E: Element, K: Kernel<E>>(kernel: K) -> K::Output
where
    Avx2: Kernels<E>,
{
    // SAFETY: the caller vouches for the instructions.
    kernel.run(unsafe { Avx2::new() })
}

/// Runs `kernel` on `tier`, or on the scalar tier if it is not this build's.
#[cfg(target_arch = "aarch64")]
#[inline]
pub(crate) fn dispatch<E, K>(tier: Tier, kernel: K) -> K::Output
where
    E: Element,
    K: Kernel<E>,
    Scalar: Kernels<E>,
    super::Neon: Kernels<E>,
{
    match tier.or_below() {
        Tier::Neon => kernel.run(super::Neon::new()),
        _ => kernel.run(Scalar::new()),
    }
}

/// Runs `kernel` on `tier`, or on the scalar tier if it is not this build's.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
pub(crate) fn dispatch<E, K>(tier: Tier, kernel: K) -> K::Output
where
    E: Element,
    K: Kernel<E>,
    Scalar: Kernels<E>,
    super::Wasm: Kernels<E>,
{
    match tier.or_below() {
        Tier::Wasm => kernel.run(super::Wasm::new()),
        _ => kernel.run(Scalar::new()),
    }
}

/// Runs `kernel` on the scalar tier, the only one of this build.
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
#[inline]
pub(crate) fn dispatch<E: Element, K: Kernel<E>>(_tier: Tier, kernel: K) -> K::Output
where
    Scalar: Kernels<E>,
{
    kernel.run(Scalar::new())
}
