//! Every tier of this machine against plain arithmetic.

use rnn_runtime::element::Element;
use rnn_runtime::matrix::Kernels;
use rnn_runtime::simd::{Kernel, Lanes, Tier};

struct Ran;

impl<E: Element> Kernel<E> for Ran {
    type Output = Tier;

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) -> Tier {
        let v = simd.splat(E::from_f64(2.0)) * simd.splat(E::from_f64(3.0));
        assert_eq!(v.sum(), E::from_f64(6.0 * S::V::LANES as f64));
        assert_eq!(
            v.keep_first(1, E::from_f64(7.0)).sum(),
            E::from_f64(7.0 * S::V::LANES as f64 - 1.0)
        );
        S::TIER
    }
}

#[test]
fn each_available_tier_runs() {
    for tier in Tier::available() {
        assert_eq!(f32::dispatch(tier, Ran), tier);
        assert_eq!(f64::dispatch(tier, Ran), tier);
    }
}
