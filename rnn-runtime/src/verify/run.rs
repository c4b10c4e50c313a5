//! All checks of one cell, in order.

use alloc::{format, string::String, vec::Vec};

use super::candidate::Candidate;
use super::compare::{Case, Errors};
use super::differences::{Difference, differences};
use super::exact::{Property, violation};
use super::options::{Options, Tolerances};
use super::problem::Problem;
use super::report::{DifferenceRow, PropertyRow, Report, TensorRow};
use super::tensors::Kind;
use crate::element::Element;
use crate::error::Error;
use crate::graph::CellGraph;
use crate::simd::Tier;

/// Checks what `build` makes of the flat parameters for each of the tiers.
pub(super) fn run<E: Element, K: Candidate<E>>(
    graph: &'static CellGraph,
    options: &Options,
    tiers: &[Tier],
    build: impl Fn(Tier, Vec<E>) -> Result<K, Error>,
) -> Report {
    let mut batches = Vec::from([1, options.batch.max(1)]);
    batches.dedup();
    let tolerances = options.tolerances.unwrap_or_else(|| Tolerances::of_cell::<E>(graph));
    let mut report = Report {
        cell: String::from(graph.name),
        scalar: E::NAME,
        steps: graph.steps.unwrap_or(options.steps),
        batches,
        seed: options.seed,
        tensors: Vec::new(),
        properties: Vec::new(),
        direction: row(Difference::default(), tolerances),
        failures: Vec::new(),
    };
    if let Err(error) = check(graph, options, tolerances, tiers, build, &mut report) {
        report.failures.push(format!("{error}"));
    }
    report
}

fn check<E: Element, K: Candidate<E>>(
    graph: &'static CellGraph,
    options: &Options,
    tolerances: Tolerances,
    tiers: &[Tier],
    build: impl Fn(Tier, Vec<E>) -> Result<K, Error>,
    report: &mut Report,
) -> Result<(), Error> {
    let steps = graph.steps.unwrap_or(options.steps.min(Options::DIFFERENCE_STEPS));
    let small = Problem::draw::<E>(graph, (steps, 2), options)?;
    let mut found = differences(&small, options.coordinates, options.seed, tolerances.difference)?;
    report.direction = row(found.pop().flatten().unwrap_or_default(), tolerances);
    let found: Vec<_> = found.into_iter().map(|d| d.map(|d| row(d, tolerances))).collect();

    let cases = report
        .batches
        .iter()
        .map(|&batch| Case::new::<E>(Problem::draw::<E>(graph, (report.steps, batch), options)?));
    let cases = cases.collect::<Result<Vec<_>, Error>>()?;
    for &tier in tiers {
        if !tier.is_available() {
            report.failures.push(missing(tier));
            continue;
        }
        let result = check_tier(&cases, tier, tolerances, &found, &build, report);
        if let Err(error) = result {
            report.failures.push(format!("{}: {error}", tier.name()));
        }
    }
    Ok(())
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
fn check_tier<E: Element, K: Candidate<E>>(
    cases: &[Case],
    tier: Tier,
    tolerances: Tolerances,
    differences: &[Option<DifferenceRow>],
    build: impl Fn(Tier, Vec<E>) -> Result<K, Error>,
    report: &mut Report,
) -> Result<(), Error> {
    let Some(largest) = cases.last() else { return Ok(()) };
    let problem = &largest.problem;
    let mut candidate = build(tier, problem.values::<E>().params)?;
    let zero = || Errors::zero(problem);
    let (mut errors, mut sensitivity, mut rounding) = (zero(), zero(), zero());
    let mut approximation = zero();
    for case in cases {
        errors.merge(&case.compare(&mut candidate)?);
        sensitivity.merge(&case.sensitivity);
        rounding.merge(&case.rounding);
        approximation.merge(&case.approximation);
    }
    let allowed = sensitivity.allowed(&rounding, tolerances);
    report.tensors.extend(rows(problem, tier, [&errors, &allowed, &approximation], differences));
    for property in Property::ALL.into_iter().filter(|p| p.applies(problem.graph)) {
        let violation = violation(property, problem, &mut candidate)?;
        report.properties.push(PropertyRow { tier, property, violation });
    }
    Ok(())
}

/// One row for the outputs, each final state and each gradient, with errors found, errors allowed and
/// what approximations change.
fn rows(
    problem: &Problem,
    tier: Tier,
    errors: [&Errors; 3],
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
