//! The result of a verification, as a table and as lines of JSON.

use alloc::{format, string::String, vec::Vec};
use core::fmt::{self, Write as _};

use super::differences::exceeds;
use super::exact::Property;
#[cfg(doc)]
use super::options::Options;
use super::tensors::Kind;
use crate::kernels::simd::Tier;

/// What [`verify`](super::verify) found. `Display` prints it as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Name of the cell.
    pub cell: String,
    /// Its scalar type.
    pub scalar: &'static str,
    /// Length of the sequences.
    pub steps: usize,
    /// The length asked for; longer than `steps` where that would take more than [`Options::work`].
    pub asked: usize,
    /// Batch sizes.
    pub batches: Vec<usize>,
    /// Seed of the random values.
    pub seed: u64,
    /// One row a tensor and tier.
    pub tensors: Vec<TensorRow>,
    /// One row a bitwise property and tier.
    pub properties: Vec<PropertyRow>,
    /// The interpreter's gradient along a random direction over everything.
    pub direction: DifferenceRow,
    /// Whether kernels and interpreter were compared on special inputs, too.
    pub special: Special,
    /// What kept a check from being made at all; any is a failure.
    pub failures: Vec<String>,
}

/// Whether special inputs were compared: zeros, negative zeros, very small and large ones. Not all
/// cells are defined there, so it is no failure if they were not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Special {
    /// Their errors are among those of the tensors.
    Compared,
    /// Why they were not: where the cell overflows or becomes NaN, for instance.
    NotCompared(String),
}

/// How far one tensor is off on one tier.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorRow {
    /// The instruction set.
    pub tier: Tier,
    /// `output`, `final h`, a parameter's name, `input x` or `initial h`.
    pub tensor: String,
    /// What it is; tells also whether its values or its gradient are compared.
    pub kind: Kind,
    /// Its shape with the largest batch.
    pub shape: Vec<usize>,
    /// Largest error of the kernels against the interpreter in `f64`.
    pub error: f64,
    /// Largest error allowed.
    pub tolerance: f64,
    /// Whether its values are rounding and nothing else, because what is exactly zero in the cell's
    /// equations is not in floating point: kernels and interpreter then need only be off by as much
    /// as each other.
    pub only_rounding: bool,
    /// How far `activations fast;` moves it from what the exact functions give, both by the
    /// interpreter in `f64`, from random states, and counted like an error; it is not held against
    /// a bound. `None` without.
    pub approximation: Option<f64>,
    /// The interpreter's gradient against finite differences; the same on all tiers. `None` where
    /// there is no gradient.
    pub difference: Option<DifferenceRow>,
}

/// The interpreter's gradient of one tensor against finite differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifferenceRow {
    /// Largest error.
    pub error: f64,
    /// Largest error allowed.
    pub tolerance: f64,
    /// Coordinates and directions compared.
    pub compared: usize,
    /// Coordinates and directions not compared because a kink lay across each.
    pub skipped: usize,
}

/// Whether a property holds bit for bit on one tier.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyRow {
    /// The instruction set.
    pub tier: Tier,
    /// The property.
    pub property: Property,
    /// The first difference found, `None` if the property holds.
    pub violation: Option<String>,
}

/// The worst of one tier.
#[derive(Debug, Clone, PartialEq)]
pub struct TierSummary {
    /// The instruction set.
    pub tier: Tier,
    /// Largest error of outputs and final states, and whose it is.
    pub forward: (f64, String),
    /// Largest error of a gradient, and whose it is.
    pub gradient: (f64, String),
    /// Largest error of the interpreter's gradient against differences, and whose it is.
    pub difference: (f64, String),
    /// Whether all of this tier passed.
    pub passed: bool,
}

impl DifferenceRow {
    /// Within the tolerance, and something was compared.
    pub fn passed(&self) -> bool {
        self.error <= self.tolerance && self.compared > 0
    }
}

impl TensorRow {
    /// Both errors within their tolerances; NaN is not.
    pub fn passed(&self) -> bool {
        self.error <= self.tolerance && self.difference.is_none_or(|d| d.passed())
    }
}

impl Report {
    /// Whether every check was made and passed. At least one tier must have been checked.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
            && !self.tensors.is_empty()
            && self.tensors.iter().all(TensorRow::passed)
            && self.properties.iter().all(|p| p.violation.is_none())
            && self.direction.passed()
    }

    /// Does nothing when the verification passed. For tests:
    /// `verify::<MyCell>().assert();`
    ///
    /// # Panics
    ///
    /// With the whole table when it did not.
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.passed(), "{self}");
    }

    /// The worst of each tier, in the order they were checked.
    pub fn tiers(&self) -> Vec<TierSummary> {
        let mut tiers: Vec<Tier> = Vec::new();
        for row in &self.tensors {
            if !tiers.contains(&row.tier) {
                tiers.push(row.tier);
            }
        }
        tiers.into_iter().map(|tier| self.summary(tier)).collect()
    }

    fn summary(&self, tier: Tier) -> TierSummary {
        let rows = || self.tensors.iter().filter(move |r| r.tier == tier);
        let is_forward = |r: &&TensorRow| matches!(r.kind, Kind::Output | Kind::FinalState);
        let differences = rows().filter_map(|r| Some((r.difference?.error, &*r.tensor)));
        TierSummary {
            tier,
            forward: worst(rows().filter(is_forward).map(|r| (r.error, &*r.tensor))),
            gradient: worst(rows().filter(|r| !is_forward(r)).map(|r| (r.error, &*r.tensor))),
            difference: worst(differences),
            passed: rows().all(TensorRow::passed)
                && self.properties.iter().all(|p| p.tier != tier || p.violation.is_none()),
        }
    }

    /// One JSON object a line for each row of the table. Numbers that JSON does not have are
    /// `null`.
    pub fn json_lines(&self) -> impl Iterator<Item = String> {
        let head = |tier: Tier| {
            format!(
                "{{\"cell\":{},\"scalar\":\"{}\",\"steps\":{},\"seed\":{},\"tier\":\"{}\"",
                quoted(&self.cell),
                self.scalar,
                self.steps,
                self.seed,
                tier.name(),
            )
        };
        let tensors = self.tensors.iter().map(move |row| {
            format!(
                "{},\"tensor\":{},\"kind\":\"{:?}\",\"shape\":{:?},\"error\":{},\"tolerance\":{},\
                 \"only_rounding\":{},\"approximation\":{},\"difference\":{},\"compared\":{},\
                 \"skipped\":{},\"passed\":{}}}",
                head(row.tier),
                quoted(&row.tensor),
                row.kind,
                row.shape,
                number(row.error),
                number(row.tolerance),
                row.only_rounding,
                row.approximation.map_or(String::from("null"), number),
                row.difference.map_or(String::from("null"), |d| number(d.error)),
                row.difference.map_or(0, |d| d.compared),
                row.difference.map_or(0, |d| d.skipped),
                row.passed(),
            )
        });
        let properties = self.properties.iter().map(move |row| {
            format!(
                "{},\"property\":\"{:?}\",\"violation\":{},\"passed\":{}}}",
                head(row.tier),
                row.property,
                row.violation.as_deref().map_or(String::from("null"), quoted),
                row.violation.is_none(),
            )
        });
        tensors.chain(properties)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.passed() { "passed" } else { "FAILED" };
        let fewer = match self.asked {
            asked if asked > self.steps => {
                format!(" (not {asked}, which would take more than `Options::work`)")
            }
            _ => String::new(),
        };
        writeln!(
            f,
            "{} ({}), {} steps{fewer}, batches of {:?}, seed {}: {verdict}",
            self.cell, self.scalar, self.steps, self.batches, self.seed
        )?;
        for failure in &self.failures {
            writeln!(f, "FAILED: {failure}")?;
        }
        if !self.tensors.is_empty() {
            self.tensor_table(f)?;
        }
        for row in &self.properties {
            let tier = row.tier.name();
            match &row.violation {
                None => writeln!(f, "{tier:<8} {:<28} bit for bit", row.property)?,
                Some(what) => writeln!(f, "{tier:<8} {:<28} FAILED: {what}", row.property)?,
            }
        }
        // What was not reached has its cause among the failures.
        if self.tensors.is_empty() {
            return Ok(());
        }
        let d = self.direction;
        let mark = if d.passed() { "" } else { "  FAILED" };
        writeln!(f, "all gradients along a random direction: {d}{mark}")?;
        writeln!(f, "special inputs (zeros, very small and large ones): {}", self.special)?;
        writeln!(
            f,
            "errors are relative to the largest entry: of the kernels against the interpreter in \
             f64, and of the interpreter's gradients against finite differences"
        )
    }
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Special::Compared => f.write_str("compared"),
            Special::NotCompared(why) => write!(f, "not compared, {why}"),
        }
    }
}

impl fmt::Display for DifferenceRow {
    /// The error, or that there is none because nothing was compared.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.compared, self.skipped) {
            (0, 0) => f.pad("not made"),
            (0, _) => f.pad("kinks"),
            _ => f.pad(&format!("{:.1e}", self.error)),
        }
    }
}

impl Report {
    fn tensor_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.tensors.iter().map(|r| r.tensor.chars().count()).max().unwrap_or(0).max(6);
        writeln!(
            f,
            "{:<8} {:<width$} {:>14} {:>9} {:>9} {:>11}",
            "tier", "tensor", "shape", "error", "allowed", "differences"
        )?;
        for row in &self.tensors {
            let tier = row.tier.name();
            let shape = format!("{:?}", row.shape);
            write!(
                f,
                "{tier:<8} {:<width$} {shape:>14} {:>9.1e} {:>9.1e} ",
                row.tensor, row.error, row.tolerance
            )?;
            match row.difference {
                Some(d) => write!(f, "{d:>11}")?,
                None => write!(f, "{:>11}", "-")?,
            }
            match row.difference {
                Some(d) if d.skipped > 0 => {
                    write!(f, "  {} of {} at kinks", d.skipped, d.skipped + d.compared)?;
                }
                _ => {}
            }
            if row.only_rounding {
                f.write_str("  nothing but rounding")?;
            }
            if let Some(moved) = row.approximation {
                write!(f, "  approximations move it by {moved:.1e}")?;
            }
            writeln!(f, "{}", if row.passed() { "" } else { "  FAILED" })?;
        }
        Ok(())
    }
}

fn worst<'a>(errors: impl Iterator<Item = (f64, &'a str)>) -> (f64, String) {
    let (error, name) = errors.fold((0.0, ""), |a, b| if exceeds(b.0, a.0) { b } else { a });
    (error, String::from(name))
}

fn number(value: f64) -> String {
    if value.is_finite() { format!("{value:e}") } else { String::from("null") }
}

/// `text` as a JSON string.
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(json, "\\u{:04x}", c as u32);
            }
            c => json.push(c),
        }
    }
    json.push('"');
    json
}
