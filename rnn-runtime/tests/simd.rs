//! The operations of every tier of this machine against plain arithmetic, for both element types.

use rnn_runtime::__v0_1::Kernel;
use rnn_runtime::__v0_1::matrix::Kernels;
use rnn_runtime::__v0_1::simd::{Lanes, Tier};
use rnn_runtime::element::Element;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Neg,
    MulAdd,
    NegMulAdd,
    Min,
    Max,
    Minimum,
    Maximum,
    Select,
    Abs,
    Sign,
    Sqrt,
    Floor,
    Round,
}

const OPS: [Op; 17] = [
    Op::Add,
    Op::Sub,
    Op::Mul,
    Op::Div,
    Op::Neg,
    Op::MulAdd,
    Op::NegMulAdd,
    Op::Min,
    Op::Max,
    Op::Minimum,
    Op::Maximum,
    Op::Select,
    Op::Abs,
    Op::Sign,
    Op::Sqrt,
    Op::Floor,
    Op::Round,
];

#[inline(always)]
fn apply<V: Lanes>(op: Op, a: V, b: V, c: V) -> V {
    match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a / b,
        Op::Neg => -a,
        Op::MulAdd => a.mul_add(b, c),
        Op::NegMulAdd => a.neg_mul_add(b, c),
        Op::Min => a.min(b),
        Op::Max => a.max(b),
        Op::Minimum => a.minimum(b),
        Op::Maximum => a.maximum(b),
        Op::Select => a.select_less(b, c, a),
        Op::Abs => a.abs(),
        Op::Sign => a.sign(),
        Op::Sqrt => a.sqrt(),
        Op::Floor => a.floor(),
        Op::Round => a.round(),
    }
}

/// As IEEE 754-2019 has it.
fn minimum<E: Element>(a: E, b: E) -> E {
    if a.is_nan() || b.is_nan() {
        E::nan()
    } else if a < b || (a == b && a.is_sign_negative()) {
        a
    } else {
        b
    }
}

fn expected<E: Element>(op: Op, a: E, b: E, c: E, fused: bool) -> E {
    match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a / b,
        Op::Neg => -a,
        Op::MulAdd if fused => a.mul_add(b, c),
        Op::MulAdd => a * b + c,
        Op::NegMulAdd if fused => (-a).mul_add(b, c),
        Op::NegMulAdd => c - a * b,
        Op::Min => {
            if b < a {
                b
            } else {
                a
            }
        }
        Op::Max => {
            if a < b {
                b
            } else {
                a
            }
        }
        Op::Minimum => minimum(a, b),
        Op::Maximum => -minimum(-a, -b),
        Op::Select => {
            if a < b {
                c
            } else {
                a
            }
        }
        Op::Abs => a.abs(),
        Op::Sign => {
            if a == E::zero() || a.is_nan() {
                a
            } else {
                a.signum()
            }
        }
        Op::Sqrt => a.sqrt(),
        Op::Floor => a.floor(),
        Op::Round => E::from_f64(a.as_f64().round_ties_even()),
    }
}

/// Applies an operation to rows whose length is a multiple of every tier's lanes.
struct Apply<'a, E> {
    op: Op,
    operands: [&'a [E]; 3],
}

impl<E: Element> Kernel<E> for Apply<'_, E> {
    type Output = Vec<E>;

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) -> Vec<E> {
        let [a, b, c] = self.operands;
        let mut result = vec![E::zero(); a.len()];
        for at in (0..a.len()).step_by(S::V::LANES) {
            let (a, b, c) = (simd.load(a, at), simd.load(b, at), simd.load(c, at));
            apply(self.op, a, b, c).store(&mut result, at);
        }
        result
    }
}

/// Ordinary values, both zeros, denormals, the ends of the range, infinities, NaN.
fn values<E: Element>() -> Vec<E> {
    let tiny = E::min_positive_value();
    let half = E::from_f64(0.5);
    let mut values: Vec<E> =
        [0.0, 1.0, 1.5, 3.0, 0.1, 1e-3, 12345.678, 7e8].map(E::from_f64).to_vec();
    // Ties between whole numbers, and where numbers cease to have fractions.
    let whole = E::epsilon().recip();
    values.extend([0.5, 2.5, 1023.5, 1e18].map(E::from_f64));
    values.extend([whole, whole + E::one(), whole * half - half, whole * half + half]);
    values.extend([half - half * half * E::epsilon(), half + half * E::epsilon()]);
    values.extend([tiny, tiny * half, tiny * E::epsilon(), E::max_value(), E::infinity()]);
    let negative: Vec<E> = values.iter().map(|&v| -v).collect();
    values.extend(negative);
    values.push(E::nan());
    values
}

/// Every pair of [`values`], with a third operand running along, padded to whole vectors.
fn operands<E: Element>() -> [Vec<E>; 3] {
    let values = values::<E>();
    let mut rows = [const { Vec::new() }; 3];
    for (i, &a) in values.iter().enumerate() {
        for (j, &b) in values.iter().enumerate() {
            rows[0].push(a);
            rows[1].push(b);
            rows[2].push(values[(3 * i + 7 * j) % values.len()]);
        }
    }
    for row in &mut rows {
        row.resize(row.len().next_multiple_of(16), E::one());
    }
    rows
}

fn same<E: Element>(a: E, b: E) -> bool {
    (a.is_nan() && b.is_nan()) || (a == b && a.is_sign_negative() == b.is_sign_negative())
}

fn check_operations<E: Element>() {
    let [a, b, c] = operands::<E>();
    for tier in Tier::available() {
        for op in OPS {
            let result = E::dispatch(tier, Apply { op, operands: [&a, &b, &c] });
            for i in 0..a.len() {
                let expected = expected(op, a[i], b[i], c[i], tier.is_fused());
                assert!(
                    same(result[i], expected),
                    "{tier} {}: {op:?}({:e}, {:e}, {:e}) is {:e}, not {expected:e}",
                    E::NAME,
                    a[i],
                    b[i],
                    c[i],
                    result[i],
                );
            }
        }
    }
}

#[test]
fn operations_are_those_of_scalars() {
    check_operations::<f32>();
    check_operations::<f64>();
}

/// Partial stores and fills of every count, splats, sums and largest lanes.
struct Parts;

impl<E: Element> Kernel<E> for Parts {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<E>>(self, simd: S) {
        let lanes = S::V::LANES;
        let row: Vec<E> = (0..40).map(|i| E::from_f64(f64::from(i) + 1.0)).collect();
        let sentinel = E::from_f64(-7.0);
        for at in 0..3 {
            let v = simd.load(&row, at);
            for count in 0..lanes + 3 {
                let kept = count.min(lanes);
                let mut stored = vec![sentinel; 40];
                v.store_first(&mut stored, at, count);
                let mut filled = vec![sentinel; 40];
                v.keep_first(count, E::from_f64(0.5)).store(&mut filled, at);
                for i in 0..40 {
                    let inside = (at..at + kept).contains(&i);
                    assert_eq!(stored[i], if inside { row[i] } else { sentinel }, "{count}");
                    let fill = if i < at || i >= at + lanes { -7.0 } else { 0.5 };
                    assert_eq!(filled[i], if inside { row[i] } else { E::from_f64(fill) });
                }
            }
            let end = E::from_f64((at + lanes) as f64);
            assert_eq!(v.largest(), end);
            assert_eq!((-v).largest(), -row[at]);
            let count = E::from_f64(lanes as f64);
            assert_eq!(v.sum() + v.sum(), count * (row[at] + end));
        }
        assert_eq!(simd.splat(E::from_f64(2.0)).sum(), E::from_f64(2.0 * lanes as f64));
    }
}

#[test]
fn parts_of_vectors() {
    for tier in Tier::available() {
        f32::dispatch(tier, Parts);
        f64::dispatch(tier, Parts);
    }
}

/// Loads, or stores, a vector that ends one past the row.
struct Outside {
    load: bool,
}

impl Kernel<f32> for Outside {
    type Output = ();

    #[inline(always)]
    fn run<S: Kernels<f32>>(self, simd: S) {
        let mut row = vec![1.0; S::V::LANES];
        if self.load {
            simd.load(&row, 1).store(&mut row, 0);
        } else {
            simd.splat(1.0).store(&mut row, 1);
        }
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "the panics that it expects would end it")]
fn vectors_stay_inside_rows() {
    for tier in Tier::available() {
        for load in [false, true] {
            let outcome = std::panic::catch_unwind(|| f32::dispatch(tier, Outside { load }));
            assert!(outcome.is_err(), "{tier}, load {load}");
        }
    }
}
