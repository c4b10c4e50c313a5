//! The verification itself: it passes what is right and finds each kind of fault.
//!
//! The candidate is the interpreter, run on one row after another so that a row cannot depend on
//! its batch, with faults put in on purpose.

mod candidate;
mod limits;

use std::boxed::Box;
use std::string::{String, ToString};
use std::{format, vec, vec::Vec};

use candidate::{Fault, RowByRow};

use super::run::run;
use super::{Kind, Options, Property, Report, Special, Tolerances};
use crate::check::reference::draft::{Draft, elman, lstm};
use crate::declaration::graph::{Binary, CellGraph, Op, Reduce, Shape, Unary};
use crate::kernels::element::Element;
use crate::kernels::simd::Tier;

/// Verifies the interpreter in `E`, with a fault.
fn check<E: Element>(graph: &'static CellGraph, options: &Options, fault: Fault) -> Report {
    let options = Options { tiers: Some(vec![Tier::Scalar]), ..options.clone() };
    on_tiers::<E>(graph, &options, fault)
}

/// The same on the tiers of the options.
fn on_tiers<E: Element>(graph: &'static CellGraph, options: &Options, fault: Fault) -> Report {
    run::<E>(graph, options, &|_, params| Box::new(RowByRow::new(graph, params, fault).unwrap()))
}

fn short() -> Options {
    Options { steps: 12, ..Options::default() }
}

fn failed_tensors(report: &Report) -> Vec<&str> {
    let failed = report.tensors.iter().filter(|r| !r.passed());
    failed.map(|r| r.tensor.as_str()).collect()
}

fn violated(report: &Report) -> Vec<Property> {
    let violated = report.properties.iter().filter(|p| p.violation.is_some());
    violated.map(|p| p.property).collect()
}

#[test]
fn right_cells_pass() {
    let report = check::<f32>(lstm(5, 7), &Options::default(), Fault::None);
    report.assert();
    let tier = &report.tiers()[0];
    // The interpreter in f32 is not exact, so the comparison did see something.
    assert!(tier.forward.0 > 0.0 && tier.gradient.0 > 0.0 && tier.difference.0 > 0.0, "{report}");
    assert!(tier.passed && report.tiers().len() == 1);
    check::<f64>(lstm(5, 7), &Options::default(), Fault::None).assert();
}

#[test]
fn cells_with_kinks_pass() {
    for f in [Unary::Relu, Unary::HardTanh, Unary::Abs, Unary::Elu(1.0), Unary::Softsign] {
        check::<f32>(elman(f, 6, 9), &short(), Fault::None).assert();
    }
    // Jumps everywhere; the gradient is zero but for the identity.
    for f in [Unary::Sign, Unary::Floor, Unary::Round] {
        let mut d = Draft::default();
        let (x, h) = (d.input("x", 4), d.state("h", 4));
        let sum = d.add(x, h);
        let step = d.unary(f, sum);
        let next = d.mul(step, x);
        d.next(next);
        check::<f32>(d.leak("Jumps", next), &short(), Fault::None).assert();
    }
}

#[test]
fn a_fixed_length_is_used() {
    for steps in [3, 7] {
        let graph = CellGraph { steps: Some(steps), ..*elman(Unary::Tanh, 2, 3) };
        let options = Options { work: 1, ..short() };
        let report = check::<f64>(Box::leak(graph.into()), &options, Fault::None);
        report.assert();
        assert_eq!((report.steps, report.asked), (steps, steps));
    }
}

#[test]
fn each_fault_is_found_where_it_is() {
    let table: [(Fault, &[&str], &[Property]); 12] = [
        (Fault::Output, &["output"], &[]),
        (Fault::FinalState, &["final c"], &[]),
        (Fault::Parameter, &["b"], &[]),
        (Fault::Input, &["input x"], &[]),
        (Fault::Initial, &["initial h"], &[]),
        (Fault::NotANumber, &["input x"], &[]),
        (Fault::Recording, &["output"], &[Property::Recording]),
        (Fault::Streaming, &[], &[Property::Streaming]),
        (Fault::StreamState, &[], &[Property::Streaming]),
        (Fault::Again, &[], &[Property::Again]),
        (Fault::Seeding, &[], &[Property::Seeding]),
        (Fault::Batch, &[], &[Property::RowAlone]),
    ];
    for (fault, tensors, properties) in table {
        let report = check::<f32>(lstm(3, 4), &short(), fault);
        assert!(!report.passed(), "{fault:?} was not found:\n{report}");
        assert_eq!(failed_tensors(&report), tensors, "{fault:?}:\n{report}");
        let found = violated(&report);
        assert!(properties.iter().all(|p| found.contains(p)), "{fault:?}:\n{report}");
        assert!(report.to_string().contains("FAILED"));
    }
}

#[cfg(feature = "rayon")]
#[test]
fn a_gradient_that_depends_on_the_threads_is_found() {
    let report = check::<f32>(lstm(3, 4), &short(), Fault::Threads);
    assert!(!report.passed() && violated(&report).contains(&Property::Threads), "{report}");
    assert!(
        !violated(&check::<f32>(lstm(3, 4), &short(), Fault::None)).contains(&Property::Threads)
    );
}

#[test]
fn an_error_of_the_kernels_is_a_failure() {
    let report = check::<f32>(lstm(3, 4), &short(), Fault::Error);
    assert!(!report.passed());
    assert!(report.failures[0].contains("recorded forward pass"), "{report}");
}

/// `h[t] = log(x * tau) * h`, defined for positive products only.
fn logarithm() -> &'static CellGraph {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 3), d.state("h", 3));
    let tau = d.param("tau", Shape::Vector(3));
    let u = d.mul(x, tau);
    let log = d.unary(Unary::Log, u);
    let next = d.mul(log, h);
    d.next(next);
    d.leak("Logarithm", next)
}

#[test]
fn wrong_options_are_failures() {
    let with = |name: &str, low, high| {
        let options = Options { ranges: vec![(String::from(name), low, high)], ..short() };
        check::<f64>(logarithm(), &options, Fault::None).failures
    };
    assert_eq!(with("tua", 0.0, 1.0), ["there is no `tua`; the names are tau, x, h"]);
    assert_eq!(
        with("x", 1.0, 0.0),
        ["the range of x is 1 to 0, but must be a low end not above the high end, both finite"]
    );
    assert!(!with("x", f64::NAN, 1.0).is_empty());
    let graph = elman(Unary::Tanh, 1, 1);
    let absent = *Tier::ALL.iter().find(|t| !t.is_available()).unwrap();
    let on =
        |tiers| on_tiers::<f64>(graph, &Options { tiers: Some(tiers), ..short() }, Fault::None);
    assert_eq!(on(vec![absent]).failures.len(), 1);
    assert!(!on(vec![]).passed(), "nothing was checked");
}

#[test]
fn sizes_that_cannot_be_are_failures() {
    let failures = |steps, batch| {
        let options = Options { steps, batch, ..Options::default() };
        check::<f32>(elman(Unary::Tanh, 2, 3), &options, Fault::None).failures
    };
    assert_eq!(failures(0, 3), ["the number of steps is 0, but must be at least 1"]);
    assert_eq!(failures(1, 0), ["the batch is 0, but must be at least 1"]);
    assert!(failures(usize::MAX, 3)[0].contains("needs more memory than there is"));
    assert!(failures(3, usize::MAX)[0].contains("needs more memory than there is"));
    assert!(failures(1, 1).is_empty());
}

#[test]
fn a_large_cell_is_checked_over_fewer_steps_and_says_so() {
    let work = |work| {
        let options = Options { work, ..Options::default() };
        check::<f64>(lstm(5, 7), &options, Fault::None)
    };
    let (all, few, least) = (work(u64::MAX), work(1 << 22), work(1));
    assert!((all.steps, all.asked) == (64, 64) && !all.to_string().contains("work"), "{all}");
    assert!(least.steps == 3 && 3 < few.steps && few.steps < 64, "{few}");
    assert!(few.to_string().contains(&format!("{} steps (not 64", few.steps)), "{few}");
    assert!(all.passed() && few.passed() && least.passed(), "{least}");
    assert_eq!(least.batches, [1, 5, 9]);
}

#[test]
fn many_kinks_leave_something_to_compare() {
    for (f, inputs, units) in [(Unary::Relu, 64, 256), (Unary::Elu(1.0), 64, 128)] {
        let report = check::<f32>(elman(f, inputs, units), &Options::default(), Fault::None);
        report.assert();
        assert!(report.direction.compared == 1 && report.direction.error > 0.0, "{report}");
    }
}

#[test]
fn a_gradient_that_cancels_is_measured_against_the_others() {
    // A shift of all entries changes no softmax: the gradient of `s` is rounding noise.
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 5), d.state("h", 8));
    let s = d.param("s", Shape::Scalar);
    let (wx, uh) = (d.times("W", 8, x), d.times("U", 8, h));
    let sum = d.add(wx, uh);
    let shifted = d.add(sum, s);
    let next = d.reduce(Reduce::Softmax, &[shifted]);
    d.next(next);
    check::<f32>(d.leak("Shift", next), &Options::default(), Fault::None).assert();
}

/// `h[t] = 3.9 h (1 - h) + 0 x`, the logistic map where it is chaotic: errors double at each step.
fn logistic() -> &'static CellGraph {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 3), d.state("h", 3));
    let (rate, one) = (d.param("rate", Shape::Scalar), d.param("one", Shape::Scalar));
    let rest = d.binary(Binary::Sub, one, h);
    let product = d.mul(h, rest);
    let grown = d.mul(rate, product);
    let nothing = d.binary(Binary::Sub, x, x);
    let next = d.add(grown, nothing);
    d.next(next);
    d.leak("Logistic", next)
}

#[test]
fn cells_that_amplify_rounding_are_allowed_it() {
    let ranges = [("rate", 3.9, 3.9), ("one", 1.0, 1.0), ("h", 0.2, 0.8)];
    let ranges = ranges.map(|(name, low, high)| (String::from(name), low, high));
    let options = Options { steps: 11, ranges: ranges.into(), ..Options::default() };
    let usual = Tolerances::of::<f32>();
    let report = check::<f32>(logistic(), &options, Fault::None);
    report.assert();
    assert!(report.tensors[0].error > usual.forward, "no need to widen:\n{report}");
    assert!(report.tensors.iter().all(|r| r.tolerance <= 100.0 * usual.gradient));
    assert!(!check::<f32>(logistic(), &options, Fault::Output).passed());
    let report = check::<f32>(lstm(3, 4), &Options::default(), Fault::None);
    let tolerances = report.tensors.iter().map(|r| r.tolerance);
    assert!(tolerances.into_iter().all(|t| t == usual.forward || t == usual.gradient), "{report}");
}

/// `h[t] = tanh(h + s)` far out on the curve, where single precision keeps few digits of
/// `1 - tanh^2`.
#[test]
fn cells_whose_gradients_keep_few_digits_are_allowed_it() {
    let mut d = Draft::default();
    let (x, h, s) = (d.input("x", 3), d.state("h", 3), d.param("s", Shape::Scalar));
    let sum = d.add(h, x);
    let far = d.add(sum, s);
    let next = d.unary(Unary::Tanh, far);
    d.next(next);
    let ranges = [("s", 4.5, 4.5), ("h", 1.0, 1.0), ("x", 0.0, 0.1)];
    let ranges = ranges.map(|(name, low, high)| (String::from(name), low, high));
    let options = Options { steps: 1, ranges: ranges.into(), ..Options::default() };
    let graph = d.leak("Saturated", next);
    let report = check::<f32>(graph, &options, Fault::None);
    report.assert();
    let usual = Tolerances::of::<f32>().gradient;
    assert!(report.tensors.iter().any(|r| r.error > usual), "no need to widen:\n{report}");
    assert!(!check::<f32>(graph, &options, Fault::Parameter).passed());
    check::<f64>(graph, &options, Fault::None).assert();
}

/// `h[t] = tanh(W x + h)` and `m[t] = mean(layer_norm(h[t]))`, which is zero; `alone`, so is `h`.
fn mean_of_normalised(alone: bool) -> &'static CellGraph {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 5), d.state("h", 7));
    d.state("m", 1);
    let sum = d.times("W", 7, x);
    let sum = d.add(sum, h);
    let next = d.unary(Unary::Tanh, sum);
    let normalised = d.reduce(Reduce::LayerNorm { epsilon: 1e-5 }, &[next]);
    let mean = d.reduce(Reduce::Mean, &[normalised]);
    let next = if alone { d.mul(next, mean) } else { next };
    d.next(next);
    d.next(mean);
    d.leak("Zero", mean)
}

#[test]
fn values_that_are_nothing_but_rounding_are_as_right_as_the_interpreter() {
    for (scalar, report) in [
        ("f32", check::<f32>(mean_of_normalised(false), &short(), Fault::None)),
        ("f64", check::<f64>(mean_of_normalised(false), &short(), Fault::None)),
    ] {
        report.assert();
        let lost = report.tensors.iter().filter(|row| row.only_rounding);
        let lost: Vec<_> = lost.map(|row| row.tensor.as_str()).collect();
        assert!(lost.starts_with(&["output", "final m"]), "{scalar}: {lost:?}\n{report}");
        assert!(!lost.contains(&"final h") && report.to_string().contains("nothing but rounding"));
    }
    // Beside zero, a hundredth is wrong.
    for fault in [Fault::Output, Fault::FinalState] {
        let report = check::<f32>(mean_of_normalised(false), &short(), fault);
        assert_eq!(failed_tensors(&report).len(), 1, "{report}");
    }
    let report = check::<f32>(mean_of_normalised(true), &short(), Fault::None);
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert!(failure.contains("all final states are nothing but rounding in f32"), "{report}");
}

/// The interpreter has the approximations of the declaration, and the report says what they change.
#[test]
fn approximations_are_part_of_the_declaration() {
    let exact = lstm(3, 4);
    let fast: &'static CellGraph = std::boxed::Box::leak(CellGraph { fast: true, ..*exact }.into());
    let report = check::<f32>(exact, &short(), Fault::None);
    assert!(report.tensors.iter().all(|row| row.approximation.is_none()));
    let report = check::<f32>(fast, &short(), Fault::None);
    let moved = |row: &super::TensorRow| row.approximation.unwrap();
    assert!(report.tensors.iter().all(|row| moved(row) > 1e-6 && moved(row) < 1e-2), "{report}");
    // Its candidate has the exact functions, which are too far from those declared.
    assert!(report.tensors.iter().all(|row| row.error > 1e-6) && !report.passed(), "{report}");
}

#[test]
fn differences_are_held_against_their_tolerance() {
    let tolerances = Tolerances { difference: 0.0, ..Tolerances::of::<f64>() };
    let options = Options { tolerances: Some(tolerances), ..short() };
    let report = check::<f64>(elman(Unary::Tanh, 2, 3), &options, Fault::None);
    assert!(!report.passed() && !report.direction.passed(), "{report}");
}

#[test]
fn the_table_has_a_row_for_each_tensor() {
    let report = check::<f32>(lstm(3, 4), &short(), Fault::None);
    let names: Vec<_> = report.tensors.iter().map(|r| r.tensor.as_str()).collect();
    let expected =
        ["output", "final h", "final c", "W", "U", "b", "input x", "initial h", "initial c"];
    assert_eq!(names, expected);
    let table = report.to_string();
    assert!(expected.iter().all(|name| table.contains(name)), "{table}");
    let lines: Vec<_> = report.json_lines().collect();
    let properties = Property::ALL.into_iter().filter(|p| p.applies(lstm(3, 4))).count();
    assert_eq!(lines.len(), expected.len() + properties);
    assert!(lines[0].starts_with(
        r#"{"cell":"Lstm","scalar":"f32","steps":12,"seed":1,"tier":"scalar","tensor":"output""#
    ));
    assert!(report.tensors.iter().all(|r| (r.kind == Kind::Parameter) == (r.tensor.len() == 1)));
}

#[test]
fn the_seed_fixes_the_report() {
    let graph = lstm(3, 4);
    let run = |seed| check::<f32>(graph, &Options { seed, ..short() }, Fault::None);
    assert_eq!(run(5), run(5));
    assert_ne!(run(5).tensors, run(6).tensors);
}
