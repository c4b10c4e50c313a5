//! Numbers of half width: `f16` (IEEE 754 binary16) and `bf16`, the upper half of an `f32`.

/// The difference between the exponents of `f32` and `f16`, in place.
pub(super) const REBIAS: u32 = 112 << 23;

/// `2^-24`, the smallest `f16`.
pub(super) const SMALLEST: f32 = f32::from_bits((127 - 24) << 23);

/// The bits of the smallest normal `f16`, `2^-14`.
pub(super) const NORMAL: u16 = 1 << 10;

/// The bits of the largest finite `f16`, 65504.
pub(super) const FINITE: u16 = 0x7bff;

/// Its value.
const LARGEST: f32 = 65504.0;

/// The nearest number of half width, of two as near the even one. Beyond the range of `f16` the
/// largest one; NaN remains NaN.
pub(crate) fn narrow<const BRAIN: bool>(value: f32) -> u16 {
    if BRAIN {
        let bits = value.to_bits();
        let odd = (bits >> 16) & 1;
        let rounded = (bits + 0x7fff + odd) >> 16;
        return if value.is_nan() { (bits >> 16) as u16 | 0x40 } else { rounded as u16 };
    }
    let sign = ((value.to_bits() >> 16) & 0x8000) as u16;
    let size = value.abs();
    if size.is_nan() {
        return sign | 0x7e00;
    }
    let size = size.min(LARGEST);
    // No step has a denormal operand or result, which the processor may be set to take for zero.
    if size < f32::from(NORMAL) * SMALLEST {
        return sign | libm::rintf(size / SMALLEST) as u16;
    }
    // Adding 2^13 times the power of two in it leaves 11 significant bits.
    let magic = f32::from_bits((size.to_bits() >> 23 << 23) + (13 << 23));
    let rounded = (size + magic) - magic;
    sign | ((rounded.to_bits() - REBIAS) >> 13) as u16
}

/// The value of a number of half width; infinities of `f16`, which `narrow` does not make, count as
/// NaN.
pub(crate) fn widen<const BRAIN: bool>(bits: u16) -> f32 {
    if BRAIN {
        return f32::from_bits(u32::from(bits) << 16);
    }
    let size = bits & 0x7fff;
    let value = match size {
        0..NORMAL => f32::from(size) * SMALLEST,
        NORMAL..=FINITE => f32::from_bits((u32::from(size) << 13) + REBIAS),
        _ => f32::NAN,
    };
    f32::from_bits(value.to_bits() | u32::from(bits & 0x8000) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of an `f16` by its definition.
    fn defined(bits: u16) -> f64 {
        let (exponent, fraction) = (i32::from(bits >> 10) & 31, f64::from(bits & 1023) / 1024.0);
        let size = match exponent {
            0 => fraction * 2f64.powi(-14),
            _ => (1.0 + fraction) * 2f64.powi(exponent - 15),
        };
        if bits >> 15 == 1 { -size } else { size }
    }

    #[test]
    fn all_finite_f16_are_widened_and_come_back() {
        for bits in (0..=u16::MAX).filter(|bits| (bits >> 10) & 31 != 31) {
            assert_eq!(f64::from(widen::<false>(bits)), defined(bits), "{bits:#x}");
            assert_eq!(narrow::<false>(widen::<false>(bits)), bits, "{bits:#x}");
        }
    }

    #[test]
    fn the_nearest_f16_is_taken_and_of_two_the_even_one() {
        for bits in 0..0x7bff_u16 {
            let (low, high) = (defined(bits), defined(bits + 1));
            let middle = ((low + high) / 2.0) as f32;
            let even = if bits % 2 == 0 { bits } else { bits + 1 };
            assert_eq!(narrow::<false>(middle), even, "{bits:#x}");
            assert_eq!(narrow::<false>(middle.next_down()), bits, "{bits:#x}");
            assert_eq!(narrow::<false>(middle.next_up()), bits + 1, "{bits:#x}");
            assert_eq!(narrow::<false>(-middle), even | 0x8000, "{bits:#x}");
        }
    }

    #[test]
    fn what_f16_cannot_hold() {
        for large in [65504.0, 65520.0, 1e9, f32::MAX, f32::INFINITY] {
            assert_eq!(widen::<false>(narrow::<false>(large)), 65504.0);
            assert_eq!(widen::<false>(narrow::<false>(-large)), -65504.0);
        }
        assert!(widen::<false>(narrow::<false>(f32::NAN)).is_nan());
        assert_eq!(narrow::<false>(1e-9), 0);
    }

    #[test]
    fn bf16_is_the_upper_half_rounded() {
        for upper in (0..0x7f7f_u16).chain(0x8000..0xff7f) {
            let (low, high) = (u32::from(upper) << 16, u32::from(upper + 1) << 16);
            let even = if upper % 2 == 0 { upper } else { upper + 1 };
            assert_eq!(widen::<true>(upper).to_bits(), low);
            assert_eq!(narrow::<true>(f32::from_bits(low)), upper);
            assert_eq!(narrow::<true>(f32::from_bits(low | 0x7fff)), upper);
            assert_eq!(narrow::<true>(f32::from_bits(low | 0x8000)), even);
            assert_eq!(narrow::<true>(f32::from_bits(high - 0x7fff)), upper + 1);
        }
        assert!(widen::<true>(narrow::<true>(f32::NAN)).is_nan());
    }
}
