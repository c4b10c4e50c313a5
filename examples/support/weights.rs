//! The parameters of a cell in a safetensors file, one tensor a parameter, with a few lines of
//! text.

use std::collections::HashMap;
use std::path::Path;

use rnn_runtime::Cell;
use rnn_runtime::graph::Shape;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::program::Error;

/// Lines of text by name, kept beside the tensors.
pub(crate) type Notes = HashMap<String, String>;

/// Writes `cell` to `path`. The file appears whole or not at all: it is written under another name
/// and renamed.
pub(crate) fn save<C>(path: &Path, cell: &C, notes: Notes) -> Result<(), Error>
where
    C: Cell<Scalar = f32>,
{
    let bytes: Vec<_> = cell
        .params()
        .map(|(info, values)| {
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            (info, bytes)
        })
        .collect();
    let views = bytes.iter().map(|(info, bytes)| {
        Ok((info.name, TensorView::new(Dtype::F32, sizes(info.shape), bytes)?))
    });
    let views = views.collect::<Result<Vec<_>, Error>>()?;
    safetensors::serialize_to_file(views, Some(notes), path)
        .map_err(|error| format!("cannot write weights {}: {error}", path.display()).into())
}

/// Reads what [`save`] wrote. A file that is damaged, or of another cell, is an error that lists
/// every difference.
pub(crate) fn load<C>(path: &Path) -> Result<(C, Notes), Error>
where
    C: Cell<Scalar = f32>,
{
    let refuse = |why: &dyn std::fmt::Display| -> Error {
        format!("cannot load weights {}: {why}", path.display()).into()
    };
    let bytes = std::fs::read(path).map_err(|error| refuse(&error))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| refuse(&error))?;
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| refuse(&error))?;
    let different = differences::<C>(&file);
    if !different.is_empty() {
        return Err(refuse(&different.join(", ")));
    }
    let mut cell = C::zeros();
    for (info, values) in cell.params_mut() {
        let tensor = file.tensor(info.name).map_err(|error| refuse(&error))?;
        for (value, bytes) in values.iter_mut().zip(tensor.data().as_chunks().0) {
            *value = f32::from_le_bytes(*bytes);
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(refuse(&format!("{} is not finite at index {at}", info.name)));
        }
    }
    Ok((cell, header.metadata().clone().unwrap_or_default()))
}

/// What of the file is not as the cell needs it, a phrase each.
fn differences<C: Cell>(file: &SafeTensors<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for info in C::GRAPH.params {
        let needed = sizes(info.shape);
        match file.tensor(info.name) {
            Err(_) => found.push(format!("{} is missing", info.name)),
            Ok(tensor) if tensor.dtype() != Dtype::F32 => {
                found.push(format!("{} holds {}, not F32", info.name, tensor.dtype()));
            }
            Ok(tensor) if tensor.shape() != needed => {
                let shape = tensor.shape();
                found.push(format!("{} is {shape:?}, not {needed:?}", info.name));
            }
            Ok(_) => {}
        }
    }
    let known = |name: &&str| C::GRAPH.params.iter().any(|info| info.name == *name);
    let mut names = file.names();
    names.sort_unstable();
    let strange = names.iter().filter(|name| !known(name));
    found.extend(strange.map(|name| format!("{name} is none of its parameters")));
    found
}

fn sizes(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Scalar => vec![],
        Shape::Vector(len) => vec![len],
        Shape::Matrix(rows, columns) => vec![rows, columns],
    }
}

#[cfg(test)]
mod tests {
    use rnn_runtime::init::seeded;

    use super::*;

    rnn_runtime::cell! {
        struct Tiny {
            input x: _;
            state h: _;
            gate n = tanh(x, h);
            h[t] = n;
        }
    }

    Tiny! { struct Two { x: 2, h: 3 } }
    Tiny! { struct Three { x: 2, h: 4 } }

    /// What loading a file with this content says.
    fn refusal(name: &str, content: &[u8]) -> String {
        let name = format!("rnn-weights-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        let result = load::<Two>(&path);
        std::fs::remove_file(&path).unwrap();
        let text = result.expect_err("the file must be refused").to_string();
        text.replace(&path.display().to_string(), "FILE")
    }

    /// A file of `cell` as bytes.
    fn saved<C: Cell<Scalar = f32>>(name: &str, cell: &C) -> Vec<u8> {
        let name = format!("rnn-weights-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        save(&path, cell, Notes::from([("a".into(), "b".into())])).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        if C::GRAPH.param_len() == Two::GRAPH.param_len() {
            let (again, notes) = load::<Two>(&path).unwrap();
            assert_eq!(again.as_slice(), cell.as_slice());
            assert_eq!(notes["a"], "b");
        }
        std::fs::remove_file(&path).unwrap();
        bytes
    }

    #[test]
    fn damage_and_other_cells_are_refused() {
        let mut bytes = saved("two", &Two::init(&mut seeded(1)));
        let text = refusal("cut", &bytes[..bytes.len() - 1]);
        assert!(text.starts_with("cannot load weights FILE: "), "{text}");
        refusal("empty", b"");
        refusal("garbage", &[0xa5; 300]);
        let end = bytes.len() - 4;
        bytes[end..].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(refusal("nan", &bytes).contains("is not finite at index"));
        let other = refusal("other", &saved("three", &Three::init(&mut seeded(1))));
        let expected = "cannot load weights FILE: n.x is [4, 2], not [3, 2], n.h is [4, 4], not \
                        [3, 3], n.b is [4], not [3]";
        assert_eq!(other, expected);
    }
}
