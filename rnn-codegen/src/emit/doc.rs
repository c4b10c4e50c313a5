//! The documentation of a declared type: equations, sizes, parameters, and what was compiled.

use std::fmt::Write;

use crate::check::cell::{Cell, Port};
use crate::ops::{Init, Shape};

/// Markdown, put after the user's own doc comment.
pub(crate) fn document(cell: &Cell, explanation: &str) -> String {
    let mut text = String::from("\n# Equations\n\n```text\n");
    for line in &cell.equations {
        let _ = writeln!(text, "{line}");
    }
    text.push_str("```\n\n# Sizes\n\n| | name | length | |\n|---|---|---:|---|\n");
    for (kind, ports) in [("input", &cell.inputs), ("state", &cell.states)] {
        for Port { name, len, doc } in ports {
            let doc = in_table(doc.as_deref());
            let _ = writeln!(text, "| {kind} | `{name}` | {len} | {doc} |");
        }
    }
    let _ = writeln!(text, "| output | | {} | |", cell.output.shape.len());
    if let Some(steps) = cell.steps {
        let _ = writeln!(text, "| steps | | {steps} | |");
    }
    let scalar = if cell.double { "f64" } else { "f32" };
    let total: usize = cell.params.iter().map(|p| p.shape.len()).sum();
    let _ = writeln!(
        text,
        "\n# Parameters\n\n{total} values of type `{scalar}`, in this order:\n\n\
         | name | shape | initialised | |\n|---|---|---|---|"
    );
    for param in &cell.params {
        let fixed = if param.trainable { "" } else { "fixed: no gradient. " };
        let doc = in_table(param.doc.as_deref());
        let (shape, init) = (shape(param.shape), init(param.init));
        let _ = writeln!(text, "| `{}` | {shape} | {init} | {fixed}{doc} |", param.name);
    }
    let _ = write!(text, "\n# What was compiled\n\n```text\n{explanation}\n```\n");
    text
}

/// A doc comment as a cell of a table: on one line, and with no end of the cell in it.
fn in_table(doc: Option<&str>) -> String {
    doc.unwrap_or_default().trim().replace('\n', " ").replace('|', r"\|")
}

fn shape(shape: Shape) -> String {
    match shape {
        Shape::Scalar => "scalar".to_owned(),
        Shape::Vector(n) => format!("`[{n}]`"),
        Shape::Matrix(rows, columns) => format!("`[{rows}, {columns}]`"),
    }
}

fn init(init: Init) -> String {
    match init {
        Init::Uniform(r) => format!("uniform ±{r}"),
        Init::UniformFan(n) => format!("uniform ±1/√{n}"),
        Init::Normal(deviation) => format!("normal, deviation {deviation}"),
        Init::Glorot => "Glorot".to_owned(),
        Init::He => "He".to_owned(),
        Init::Orthogonal => "orthogonal".to_owned(),
        Init::Identity => "identity".to_owned(),
        Init::Constant(value) => format!("{value}"),
    }
}
