//! All checks of one cell, in order.

use alloc::{format, string::String, vec::Vec};

use super::candidate::Build;
use super::compare::{Bounded, Case, Errors, WIDEST};
use super::differences::{Difference, differences};
use super::exact::{Found, Property};
use super::failure::Failure;
use super::options::{Options, Tolerances};
use super::problem::{Problem, Start};
use super::report::{DifferenceRow, PropertyRow, Report, Special, TensorRow};
use super::results::Results;
use super::size::Size;
use super::tensors::Kind;
use crate::declaration::graph::CellGraph;
use crate::error::Error;
use crate::kernels::element::Element;
use crate::kernels::simd::Tier;

/// Checks what `build` makes of the flat parameters for each tier of the options.
pub(crate) fn run<E: Element>(
    graph: &'static CellGraph,
    options: &Options,
    build: &Build<'_, E>,
) -> Report {
    let tolerances = options.tolerances.unwrap_or_else(|| Tolerances::of_cell::<E>(graph));
    let asked = graph.steps.unwrap_or(options.steps);
    let mut report = Report {
        cell: String::from(graph.name),
        scalar: E::NAME,
        steps: asked,
        asked,
        batches: Vec::new(),
        seed: options.seed,
        tensors: Vec::new(),
        properties: Vec::new(),
        direction: row(Difference::default(), tolerances),
        special: Special::NotCompared("not reached".into()),
        failures: Vec::new(),
    };
    if let Err(failure) = check(graph, options, tolerances, build, &mut report) {
        report.failures.push(format!("{failure}"));
    }
    report
}

fn check<E: Element>(
    graph: &'static CellGraph,
    options: &Options,
    tolerances: Tolerances,
    build: &Build<'_, E>,
    report: &mut Report,
) -> Result<(), Failure> {
    Tier::environment()?;
    tolerances.legal()?;
    let size = Size::new(graph, options)?;
    report.steps = size.steps;
    report.batches = size.problems.iter().map(|&(batch, _)| batch).collect();
    report.batches.dedup();

    let mut cases = Vec::new();
    match special::<E>(graph, options, tolerances, &size)? {
        Ok(case) => {
            cases.push(case);
            report.special = Special::Compared;
        }
        Err(why) => report.special = Special::NotCompared(why),
    }
    for &(batch, start) in &size.problems {
        let problem = draw::<E>(graph, options, &size, (size.steps, batch), start)?;
        let case = Case::new::<E>(problem, size.draws)?;
        if start == Start::Random && case.is_rounding() {
            return Err(Failure::Cell(nothing_left::<E>(size.steps)));
        }
        cases.push(case);
    }
    let small = Problem::draw::<E>(graph, size.differences, Start::Random, options)?;
    let mut found = differences(&small, size.coordinates, options.seed, tolerances.difference)?;
    report.direction = row(found.pop().flatten().unwrap_or_default(), tolerances);
    let found: Vec<_> = found.into_iter().map(|d| d.map(|d| row(d, tolerances))).collect();

    let all = || Tier::available().collect();
    let tiers = options.tiers.clone().unwrap_or_else(all);
    if tiers.is_empty() {
        report.failures.push("there is no tier in `Options::tiers`".into());
    }
    for tier in tiers {
        if !tier.is_available() {
            report.failures.push(missing(tier));
            continue;
        }
        let result = check_tier(&cases, options, tier, tolerances, &found, build, report);
        if let Err(error) = result {
            report.failures.push(format!("{}: {error}", tier.name()));
        }
    }
    Ok(())
}

/// A problem that kernels and interpreter are compared on.
fn draw<E: Element>(
    graph: &'static CellGraph,
    options: &Options,
    size: &Size,
    (steps, batch): (usize, usize),
    start: Start,
) -> Result<Problem, Error> {
    let problem = Problem::draw::<E>(graph, (steps, batch), start, options)?;
    Ok(Problem { apart: size.apart, ..problem })
}

/// The case of special inputs, or why there is none.
fn special<E: Element>(
    graph: &'static CellGraph,
    options: &Options,
    tolerances: Tolerances,
    size: &Size,
) -> Result<Result<Case, String>, Failure> {
    if graph.inputs.iter().all(|input| options.range(input.name).is_some()) {
        return Ok(Err("every input has a range of its own".into()));
    }
    let steps = if graph.steps.is_some() { size.steps } else { size.steps.min(SPECIAL_STEPS) };
    let problem = draw::<E>(graph, options, size, (steps, SPECIAL_ROWS), Start::Special)?;
    match Case::new::<E>(problem, 1) {
        Ok(case) if case.is_lost(tolerances) => {
            Ok(Err(format!("rounding in {} leaves too few digits of the results", E::NAME)))
        }
        Ok(case) => Ok(Ok(case)),
        Err(Failure::Cell(why)) => Ok(Err(why)),
        Err(failure) => Err(failure),
    }
}

/// Steps and batch rows with special inputs: a row for each kind, and an ordinary one.
const SPECIAL_STEPS: usize = 2;
const SPECIAL_ROWS: usize = 5;

/// Why there is nothing to compare in a whole case.
fn nothing_left<E: Element>(steps: usize) -> String {
    format!(
        "the output and all final states are nothing but rounding in {} over {steps} steps: they \
         are zero, or what the cell amplifies has no digit left; in the second case fewer \
         `Options::steps` can be compared",
        E::NAME
    )
}

/// Why a tier cannot be checked.
fn missing(tier: Tier) -> String {
    if tier.is_compiled() {
        format!("this machine does not have {tier}")
    } else {
        format!("{tier} was not compiled in")
    }
}

/// Adds the rows of one tier.
fn check_tier<E: Element>(
    cases: &[Case],
    options: &Options,
    tier: Tier,
    tolerances: Tolerances,
    differences: &[Option<DifferenceRow>],
    build: &Build<'_, E>,
    report: &mut Report,
) -> Result<(), Error> {
    let Some(largest) = cases.last() else { return Ok(()) };
    let (problem, graph) = (&largest.problem, largest.problem.graph);
    let mut candidate = build(tier, problem.params::<E>());
    let given = problem.given::<E>();
    let mut worst: Option<Bounded> = None;
    let (mut approximation, mut last) = (Errors::zero(problem), None);
    for case in cases {
        let results = Results::of(&mut *candidate, &case.problem.given::<E>())?;
        let found = case.errors(&results, tolerances)?;
        // At rest there is little to be a part of.
        if case.problem.start == Start::Random {
            approximation.merge(&case.approximation);
        }
        match &mut worst {
            Some(worst) => worst.merge(found),
            none => *none = Some(found),
        }
        last = Some(results);
    }
    if let Some(Bounded { errors, allowed }) = worst {
        let errors = [&errors, &allowed, &approximation];
        report.tensors.extend(rows(problem, tier, errors, tolerances, differences));
    }
    let Some(results) = last else { return Ok(()) };
    let found = Found { options, problem, given: &given, results: &results };
    for property in Property::ALL.into_iter().filter(|p| p.applies(graph)) {
        let violation = found.violation(property, &mut *candidate)?;
        report.properties.push(PropertyRow { tier, property, violation });
    }
    Ok(())
}

/// One row for the outputs, each final state and each gradient, with errors found, errors allowed
/// and what approximations change.
fn rows(
    problem: &Problem,
    tier: Tier,
    errors: [&Errors; 3],
    tolerances: Tolerances,
    differences: &[Option<DifferenceRow>],
) -> Vec<TensorRow> {
    let (graph, batch) = (problem.graph, problem.batch);
    let output = Vec::from([problem.steps, batch, graph.output_len]);
    let states = graph.states.iter();
    let states =
        states.map(|p| (format!("final {}", p.name), Kind::FinalState, Vec::from([batch, p.len])));
    let forward = core::iter::once((String::from("output"), Kind::Output, output)).chain(states);
    let forward = forward.map(|(tensor, kind, shape)| (tensor, kind, shape, None));
    let gradients = problem.tensors.iter().zip(differences);
    let gradients =
        gradients.map(|(t, &difference)| (t.name.clone(), t.kind, t.shape.clone(), difference));
    let [errors, allowed, approximation] =
        errors.map(|of| of.forward.iter().chain(&of.gradients).copied());
    let tensors = forward.chain(gradients).zip(errors.zip(allowed).zip(approximation));
    let row = |((tensor, kind, shape, difference), ((error, tolerance), moved))| TensorRow {
        tier,
        tensor,
        kind,
        shape,
        error,
        tolerance,
        only_rounding: tolerance > WIDEST * tolerances.of_kind(kind),
        approximation: graph.fast.then_some(moved),
        difference,
    };
    tensors.map(row).collect()
}

fn row(found: Difference, tolerances: Tolerances) -> DifferenceRow {
    DifferenceRow {
        error: found.error,
        tolerance: tolerances.difference,
        compared: found.compared,
        skipped: found.skipped,
    }
}
