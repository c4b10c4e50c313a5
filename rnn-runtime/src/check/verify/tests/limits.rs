//! Cells at the limits of the numbers: what overflows, becomes NaN, begins at zero or decays to it.

use super::*;

#[test]
fn nan_fails_and_ranges_avoid_it() {
    let report = check::<f64>(logarithm(), &short(), Fault::None);
    assert!(!report.passed(), "{report}");
    let ranges = ["x", "tau"].map(|name| (String::from(name), 0.8, 1.6));
    let options = Options { ranges: ranges.into(), ..short() };
    check::<f64>(logarithm(), &options, Fault::None).assert();
}

/// `h[t] = h + x^50`, which large inputs take beyond `f32`, but not beyond `f64`.
fn steep() -> &'static CellGraph {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 3), d.state("h", 3));
    let power = d.unary(Unary::Pow(50.0), x);
    let next = d.add(h, power);
    d.nodes[next].name = Some("h[t]");
    d.next(next);
    d.leak("Steep", next)
}

#[test]
fn the_report_says_whether_special_inputs_were_compared() {
    let compared = check::<f64>(steep(), &short(), Fault::None);
    assert!(compared.passed() && compared.special == Special::Compared, "{compared}");
    assert!(compared.to_string().contains("large ones): compared"), "{compared}");
    let overflows = check::<f32>(steep(), &short(), Fault::None);
    assert!(overflows.passed(), "{overflows}");
    let line = "not compared, the cell itself, from zero states, overflows at step 1 of 2: `h[t]`";
    assert!(overflows.to_string().contains(line), "{overflows}");
    let ranges = vec![(String::from("x"), 0.5, 1.0)];
    let given = check::<f64>(steep(), &Options { ranges, ..short() }, Fault::None);
    assert!(given.passed() && given.to_string().contains("input has a range"), "{given}");
}

/// `h[t] = x + sqrt(c)` with a `c` that is never negative, but is drawn so.
#[test]
fn a_cell_that_becomes_nan_is_told_by_which_function() {
    let mut d = Draft::default();
    let (x, c) = (d.input("x", 3), d.state("c", 3));
    let root = d.unary(Unary::Sqrt, c);
    let next = d.add(x, root);
    d.next(next);
    let graph = d.leak("Root", next);
    let report = check::<f32>(graph, &short(), Fault::None);
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert!(
        failure.starts_with("the cell itself becomes NaN at step 1 of 12: `sqrt` of -0."),
        "{report}"
    );
    assert!(failure.contains(r#"ranges: vec![("c".into(), 0.0, 1.0)]"#), "{report}");
    assert!(
        !failure.contains("overflows") && !report.to_string().contains("direction"),
        "{report}"
    );
}

/// `h[t] = h + h * h + x`
fn diverging() -> &'static CellGraph {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 3), d.state("h", 3));
    let square = d.mul(h, h);
    let grown = d.add(h, square);
    let next = d.add(grown, x);
    d.nodes[next].name = Some("h[t]");
    d.next(next);
    d.leak("Diverging", next)
}

#[test]
fn a_cell_that_overflows_is_told_so() {
    let ranges = vec![(String::from("x"), 1.0, 1.0), (String::from("h"), 1.0, 1.0)];
    let options = Options { ranges, ..Options::default() };
    let report = check::<f32>(diverging(), &options, Fault::None);
    let [failure] = &report.failures[..] else { panic!("{report}") };
    let expected = "the cell itself overflows at step 8 of 64: `h[t]` is inf in f32; ";
    assert!(failure.starts_with(expected), "{report}");
    assert!(!report.to_string().contains("NaN"), "{report}");
    // Nine steps stay within the range of f64.
    let options = Options { steps: 9, ..options };
    assert!(!check::<f32>(diverging(), &options, Fault::None).failures.is_empty());
    check::<f64>(diverging(), &options, Fault::None).assert();
}

/// `h[t] = x + h / sqrt(h * h)`, which is no number where `h` is zero.
#[test]
fn zero_states_are_where_a_run_begins() {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 3), d.state("h", 3));
    let square = d.mul(h, h);
    let size = d.unary(Unary::Sqrt, square);
    let sign = d.binary(Binary::Div, h, size);
    let next = d.add(x, sign);
    d.next(next);
    let graph = d.leak("Sign", next);
    let ranges = vec![(String::from("h"), 0.5, 1.0)];
    let options = Options { ranges, ..short() };
    check::<f64>(graph, &options, Fault::None).assert();
    let report = check::<f64>(graph, &short(), Fault::None);
    let what =
        "the cell itself, from zero states, becomes NaN at step 1 of 12: `0 / 0` is NaN in f64";
    assert_eq!(report.failures, [what], "{report}");
}

/// `h[t] = sqrt(sum(h * h)) + x`: the slope of the root is infinite at zero, but that of the
/// squares is zero.
#[test]
fn a_norm_spelled_out_passes_from_zero_states() {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 3), d.state("h", 3));
    let square = d.mul(h, h);
    let sum = d.reduce(Reduce::Sum, &[square]);
    let root = d.unary(Unary::Sqrt, sum);
    let next = d.add(x, root);
    d.next(next);
    check::<f64>(d.leak("Norm", next), &short(), Fault::None).assert();
}

/// Kernels count numbers below the smallest normal one as zero; the interpreter does not.
#[test]
fn what_decays_to_nothing_is_no_error() {
    let mut d = Draft::default();
    let (x, h) = (d.input("x", 2), d.state("h", 3));
    let fifth = d.node(Op::Const(0.2), &[], Shape::Scalar);
    let next = d.mul(fifth, h);
    d.next(next);
    let sum = d.reduce(Reduce::Sum, &[x]);
    let output = d.mul(sum, h);
    let graph = d.leak("Decay", output);
    let report = check::<f32>(graph, &Options::default(), Fault::Flushed);
    report.assert();
    assert!(report.tensors[1].tensor == "final h" && report.tensors[1].error > 0.0, "{report}");
}
