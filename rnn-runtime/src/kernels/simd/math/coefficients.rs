//! The constants of the functions for each element type.

/// What an element type contributes to the functions; polynomials are minimax fits, lowest degree
/// first.
///
/// Each was fitted by Remez's exchange in 40 or 60 digits to the relative error of the function's
/// result, rounded one coefficient at a time from the lowest on, the rest fitted again after each.
/// Those of `exp` in `f32` were then moved by a few ulp to where the measured errors are smallest;
/// its relative error before rounding is 2^-27.2 so, and 2^-56.1 in `f64`.
pub trait Coefficients: Sized + 'static {
    /// 1.5 times 2 to the number of fraction bits: added to a smaller number it rounds it to an
    /// integer and leaves that integer in the low bits.
    const MAGIC: Self;

    /// `1 / ln 2`.
    const LOG2_E: Self;

    /// The nearest number to `ln 2`.
    const LN_2: Self;

    /// `1 / ln 2 - LOG2_E`.
    const LOG2_E_REST: Self;

    /// `ln 2` rounded down so far that its product with any exponent is exact, and so is what that
    /// leaves of an argument; and the rest.
    const LN_2_PARTS: [Self; 2];

    /// `(exp(r) - 1 - r) / r^2` for `|r| <= ln 2 / 2`: all of `EXP1` but its first, which is 1.
    const EXP: &'static [Self] = Self::EXP1.split_at(1).1;

    /// `(2^r - 1) / r` for `|r| <= 1/2`.
    const EXP2: &'static [Self];

    /// `(exp(r) - 1) / r` for `|r| <= ln 2 / 2`.
    const EXP1: &'static [Self];

    /// Exponents of two between which sigmoid is neither 1 nor below the normal numbers.
    const EXPONENTS: [Self; 2];

    /// Below this `exp` is below the smallest normal number.
    const EXP_LOW: Self;

    /// From here on `exp` overflows.
    const EXP_HIGH: Self;

    /// `exp` of anything below the negative of this is zero by the exponent alone: its power of two
    /// is one below the smallest normal one.
    const EXP_ZERO: Self;

    /// Beyond this exponent of two `tanh` rounds to 1.
    const TANH_ONE: Self;

    /// Below the negative of this `exp_m1` rounds to -1.
    const EXP_M1_END: Self;

    /// `(2 atanh(s) - 2 s) / s^3` of `s^2`, for `0 <= s <= 1/3`.
    const ATANH: &'static [Self];

    /// `(atan(t) - t) / t^3` of `t^2`, for `|t| <= 1/2`. Rounded, the error is 2^-27.4 of `atan(t)`
    /// in `f32` and 2^-57.7 in `f64`.
    const ATAN: &'static [Self];

    /// `1 / pi`.
    const FRAC_1_PI: Self;

    /// `pi` as a sum of three positive numbers.
    const PI_PARTS: [Self; 3];

    /// `(sin(r) - r) / r^3` of `r^2`, for `|r| <= pi / 2`.
    const SIN: &'static [Self];

    /// Up to here the reduction of `sin` and `cos` by `PI_PARTS` loses nothing.
    const SIN_LIMIT: Self;

    /// `erfc(a) exp(a^2) / t` of `1 - t`, where `t = 1 / (1 + a / 2)`, for `0 <= a <= 9.5`; empty
    /// where there is no such polynomial of a reasonable degree. By Chebyshev's nodes, within
    /// 2^-27.6.
    const ERFC: &'static [Self];

    /// A power of two that makes any denormal number normal, and its exponent.
    const RAISE: [Self; 2];
}

impl Coefficients for f32 {
    const MAGIC: f32 = 12_582_912.0;
    const LOG2_E: f32 = core::f32::consts::LOG2_E;
    const LN_2: f32 = core::f32::consts::LN_2;
    const LOG2_E_REST: f32 = 1.925_963e-8;
    const LN_2_PARTS: [f32; 2] = [0.693_145_75, 1.428_606_8e-6];
    const EXP1: &'static [f32] =
        &[1.0, 0.5, 0.166_665_24, 0.041_668_408, 0.008_368_146, 0.001_375_065_3];
    const EXP2: &'static [f32] = &[
        core::f32::consts::LN_2,
        0.240_226_5,
        0.055_503_573,
        0.009_618_237,
        0.001_339_073_5,
        0.000_154_035_13,
    ];
    const EXPONENTS: [f32; 2] = [-126.0, 127.0];
    const EXP_LOW: f32 = -87.336_54;
    const EXP_HIGH: f32 = 88.722_84;
    const EXP_ZERO: f32 = 88.0;
    const TANH_ONE: f32 = 26.5;
    const EXP_M1_END: f32 = 18.2;
    const ATANH: &'static [f32] =
        &[0.666_666_7, 0.399_969_6, 0.287_097_72, 0.201_402_86, 0.298_313_32];
    const ATAN: &'static [f32] =
        &[-0.333_332_33, 0.199_941_68, -0.141_742_13, 0.101_558_27, -0.051_251_56];
    const FRAC_1_PI: f32 = core::f32::consts::FRAC_1_PI;
    const PI_PARTS: [f32; 3] = [core::f32::consts::PI.next_down(), 1.509_957_9e-7, 1.078_060_6e-14];
    const SIN: &'static [f32] =
        &[-0.166_666_67, 0.008_333_350_5, -0.000_198_430_92, 2.762_688_8e-6, -2.549_830_4e-8];
    const SIN_LIMIT: f32 = 65536.0;
    const ERFC: &'static [f32] = &[
        1.0,
        -1.256_758_9,
        0.486_508_77,
        0.211_228_53,
        -0.094_624_49,
        -0.117_450_39,
        0.075_059_28,
        -0.143_307_09,
        0.237_800_94,
        -0.147_557_98,
        0.031_185_224,
    ];
    const RAISE: [f32; 2] = [16_777_216.0, 24.0];
}

impl Coefficients for f64 {
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    const LOG2_E: f64 = core::f64::consts::LOG2_E;
    const LN_2: f64 = core::f64::consts::LN_2;
    const LOG2_E_REST: f64 = 2.035_527_374_093_103_3e-17;
    const LN_2_PARTS: [f64; 2] = [0.693_147_180_485_539_1, 7.440_617_110_012_397e-11];
    const EXP1: &'static [f64] = &[
        1.0,
        0.500_000_000_000_001_1,
        0.166_666_666_666_664_35,
        0.041_666_666_666_525_46,
        0.008_333_333_333_475_38,
        0.001_388_888_894_516_457_4,
        0.000_198_412_695_542_607_96,
        2.480_149_081_982_804_7e-5,
        2.755_754_348_972_475_5e-6,
        2.763_138_832_506_442_7e-7,
        2.501_296_673_906_565_7e-8,
    ];
    const EXP2: &'static [f64] = &[
        core::f64::consts::LN_2,
        0.240_226_506_959_101_25,
        0.055_504_108_664_820_806,
        0.009_618_129_107_595_881,
        0.001_333_355_814_665_572_2,
        0.000_154_035_304_557_947_95,
        1.525_273_358_342_514_3e-5,
        1.321_543_537_999_062e-6,
        1.017_816_884_008_258_9e-7,
        7.073_873_950_108_048e-9,
        4.438_592_521_664_416e-10,
    ];
    const EXPONENTS: [f64; 2] = [-1022.0, 1023.0];
    const EXP_LOW: f64 = -708.396_418_532_264_1;
    const EXP_HIGH: f64 = 709.782_712_893_384_1;
    const EXP_ZERO: f64 = 708.9;
    const TANH_ONE: f64 = 55.5;
    const EXP_M1_END: f64 = 38.2;
    const ATANH: &'static [f64] = &[
        0.666_666_666_666_666_6,
        0.400_000_000_000_910_9,
        0.285_714_285_507_927_1,
        0.222_222_240_288_058_81,
        0.181_817_354_249_060_54,
        0.153_868_473_722_286_15,
        0.132_960_886_541_529_74,
        0.121_518_361_860_164_53,
        0.081_147_552_804_877_9,
        0.174_752_867_049_244_5,
    ];
    const ATAN: &'static [f64] = &[
        -0.333_333_333_333_329_8,
        0.199_999_999_999_031_1,
        -0.142_857_142_763_855_44,
        0.111_111_106_596_064_45,
        -0.090_908_962_436_292,
        0.076_920_738_903_973_32,
        -0.066_638_103_498_066_27,
        0.058_582_968_806_837_24,
        -0.051_219_959_118_755_855,
        0.041_864_746_646_594_626,
        -0.027_434_447_812_108_714,
        0.010_116_481_343_529_705,
    ];
    const FRAC_1_PI: f64 = core::f64::consts::FRAC_1_PI;
    const PI_PARTS: [f64; 3] =
        [core::f64::consts::PI, 1.224_646_799_147_353e-16, 2.165_713_347_843_828e-32];
    const SIN: &'static [f64] = &[
        -0.166_666_666_666_666_66,
        0.008_333_333_333_333_215,
        -0.000_198_412_698_412_181_65,
        2.755_731_921_300_936e-6,
        -2.505_210_709_131_463_8e-8,
        1.605_895_465_196_684_3e-10,
        -7.643_586_905_538_655e-13,
        2.733_966_983_309_759_3e-15,
        -1.145_525_444_080_556_1e-18,
    ];
    const SIN_LIMIT: f64 = 1_048_576.0;
    const ERFC: &'static [f64] = &[];
    const RAISE: [f64; 2] = [18_014_398_509_481_984.0, 54.0];
}
