//! Two vectors as one, each operation on both: a chain of operations of one of them fills the time
//! that the other's waits.

use super::machine::{Function, Machine};
use super::vector::Vector;
use super::{MAX_LANES, Tier};
use crate::kernels::element::Element;

/// Twice the lanes of a tier, which must be no more than [`MAX_LANES`].
#[derive(Debug, Clone, Copy)]
pub struct Pair<T>(pub(super) T);

impl<T> From<T> for Pair<T> {
    #[inline(always)]
    fn from(token: T) -> Self {
        Pair(token)
    }
}

/// Operations of registers, one by one.
macro_rules! both {
    ($($name:ident($($operand:ident),+);)+) => {$(
        #[inline(always)]
        fn $name(self, $($operand: Self::Reg),+) -> Self::Reg {
            [self.0.$name($($operand[0]),+), self.0.$name($($operand[1]),+)]
        }
    )+};
}

impl<E: Element, T: Machine<E>> Machine<E> for Pair<T> {
    type Reg = [T::Reg; 2];

    type Mask = [T::Mask; 2];

    type Wide = Self;

    const LANES: usize = {
        assert!(2 * T::LANES <= MAX_LANES, "rows are padded to fewer lanes");
        2 * T::LANES
    };

    const TIER: Tier = T::TIER;

    const FUSED: bool = T::FUSED;

    const SPLITS_ALL: bool = T::SPLITS_ALL;

    both! {
        neg(a);
        abs(a);
        sqrt(a);
        round(a);
        floor(a);
        reciprocal(a);
        add(a, b);
        sub(a, b);
        mul(a, b);
        div(a, b);
        copysign(a, b);
        or_sign(a, b);
        min(a, b);
        max(a, b);
        minimum(a, b);
        maximum(a, b);
        scale(a, b);
        mul_add(a, b, c);
        neg_mul_add(a, b, c);
        zero_where_less(a, b, other);
    }

    #[inline(always)]
    fn splat(self, value: E) -> Self::Reg {
        [self.0.splat(value); 2]
    }

    #[inline(always)]
    unsafe fn load(self, from: *const E) -> Self::Reg {
        // SAFETY: the caller's promise, for each half of the lanes.
        unsafe { [self.0.load(from), self.0.load(from.add(T::LANES))] }
    }

    #[inline(always)]
    unsafe fn store(self, a: Self::Reg, to: *mut E) {
        // SAFETY: as for loading.
        unsafe {
            self.0.store(a[0], to);
            self.0.store(a[1], to.add(T::LANES));
        }
    }

    #[inline(always)]
    unsafe fn store_first(self, a: Self::Reg, to: *mut E, count: usize) {
        // SAFETY: the caller's promise for the first `count` lanes, those of the second half among
        // them.
        unsafe {
            self.0.store_first(a[0], to, count);
            if count > T::LANES {
                self.0.store_first(a[1], to.add(T::LANES), count - T::LANES);
            }
        }
    }

    #[inline(always)]
    fn first(self, count: usize) -> Self::Mask {
        [self.0.first(count), self.0.first(count.saturating_sub(T::LANES))]
    }

    #[inline(always)]
    fn less(self, a: Self::Reg, b: Self::Reg) -> Self::Mask {
        [self.0.less(a[0], b[0]), self.0.less(a[1], b[1])]
    }

    #[inline(always)]
    fn select(self, mask: Self::Mask, yes: Self::Reg, no: Self::Reg) -> Self::Reg {
        [self.0.select(mask[0], yes[0], no[0]), self.0.select(mask[1], yes[1], no[1])]
    }

    #[inline(always)]
    fn power(self, t: Self::Reg) -> [Self::Reg; 2] {
        // Closures would be compiled without the tier's instructions.
        let ([n, scale], [m, other]) = (self.0.power(t[0]), self.0.power(t[1]));
        [[n, m], [scale, other]]
    }

    #[inline(always)]
    fn split(self, a: Self::Reg) -> (Self::Reg, Self::Reg) {
        let ((high, low), (other, rest)) = (self.0.split(a[0]), self.0.split(a[1]));
        ([high, other], [low, rest])
    }

    #[inline(always)]
    fn function<F: Function>(self, x: Vector<Self, E>) -> Vector<Self, E> {
        F::of(x)
    }

    #[inline(always)]
    fn sum(self, a: Self::Reg) -> E {
        self.0.sum(self.0.add(a[0], a[1]))
    }

    #[inline(always)]
    fn largest(self, a: Self::Reg) -> E {
        self.0.largest(self.0.maximum(a[0], a[1]))
    }
}
