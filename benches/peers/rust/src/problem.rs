//! A row as a driver sees it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;

/// Sizes and tensors of a row.
pub struct Problem {
    /// Its name.
    pub name: String,
    /// Where it was read from.
    pub folder: PathBuf,
    /// Which cell.
    pub cell: String,
    /// `stream`, `infer` or `train`.
    pub mode: String,
    /// Rows side by side.
    pub batch: usize,
    /// Length of the input.
    pub input: usize,
    /// Length of the state.
    pub hidden: usize,
    /// Steps of the sequence, or of a repetition of a stream.
    pub steps: usize,
    /// Tensors by name; with `.direction`, those a gradient is checked along.
    tensors: BTreeMap<String, Vec<f32>>,
}

impl Problem {
    /// Reads a folder.
    ///
    /// # Errors
    /// A file is missing or cut off.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(folder.join("row.txt"))?;
        let facts: BTreeMap<&str, &str> =
            text.lines().filter_map(|line| line.split_once(' ')).collect();
        let fact = |name: &str| facts.get(name).copied().ok_or(format!("row.txt has no {name}"));
        let size = |name: &str| -> Result<usize, Failure> { Ok(fact(name)?.parse()?) };
        let mut tensors = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if let Some(name) = path.to_string_lossy().strip_suffix(".f32") {
                let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
                tensors.insert(name, floats(&fs::read(&path)?));
            }
        }
        Ok(Problem {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            folder: folder.to_owned(),
            cell: fact("cell")?.to_owned(),
            mode: fact("mode")?.to_owned(),
            batch: size("batch")?,
            input: size("input")?,
            hidden: size("hidden")?,
            steps: size("steps")?,
            tensors,
        })
    }

    /// A tensor's values, row-major.
    ///
    /// # Errors
    /// The row has none of that name.
    pub fn tensor(&self, name: &str) -> Result<&[f32], Failure> {
        let found = self.tensors.get(name);
        found.map(Vec::as_slice).ok_or_else(|| format!("no tensor {name}").into())
    }

    /// Whether the row has such a tensor.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Names of the weights and biases.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        let is_param =
            |name: &&str| !name.ends_with(".direction") && !["x", "r", "h0", "c0"].contains(name);
        self.tensors.keys().map(String::as_str).filter(is_param)
    }

    /// `h0` and, where the cell has it, `c0`.
    pub fn states(&self) -> impl Iterator<Item = &'static str> {
        ["h0", "c0"].into_iter().filter(|name| self.has(name))
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (values, _) = bytes.as_chunks::<4>();
    values.iter().map(|&value| f32::from_le_bytes(value)).collect()
}

/// What a driver computed, in the sums that are expected.
#[derive(Default)]
pub struct Check {
    /// By tensor: its product with the direction, and its norm.
    pub sums: BTreeMap<String, (f64, f64)>,
}

impl Check {
    /// Adds the outputs (`y`) or the gradient of a tensor.
    ///
    /// # Errors
    /// The size is not that of the tensor.
    pub fn add(&mut self, problem: &Problem, name: &str, values: &[f32]) -> Result<(), Failure> {
        let direction = if name == "y" { "r".to_owned() } else { format!("{name}.direction") };
        let direction = problem.tensor(&direction)?;
        if values.len() != direction.len() {
            return Err(format!("{name}: {} values of {}", values.len(), direction.len()).into());
        }
        let products = values.iter().zip(direction).map(|(&a, &b)| f64::from(a) * f64::from(b));
        let squares: f64 = values.iter().map(|&a| f64::from(a).powi(2)).sum();
        self.sums.insert(name.to_owned(), (products.sum(), squares.sqrt()));
        Ok(())
    }
}
