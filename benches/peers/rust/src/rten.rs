//! rten: the ONNX file that `python/write_onnx.py` puts beside the data of a row.

use std::hint::black_box;
use std::process::ExitCode;

use rnn_peers::problem::{Check, Problem};
use rnn_peers::timing::{Effort, measure};
use rnn_peers::{Failure, Outcome, drive};
use rten::{Model, ModelOptions, NodeId, Value};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

/// As `Cargo.toml` pins it.
const VERSION: &str = "0.27.0";

fn main() -> ExitCode {
    // Inside its pool, so that no call pays for a hop between threads.
    rten::thread_pool().run(|| {
        drive("rten", VERSION, |problem, effort| {
            let file = problem.folder.join("model.onnx");
            let model = ModelOptions::with_all_ops().prepack_weights(true).load_file(file)?;
            match problem.mode.as_str() {
                "stream" => stream(problem, &model, effort),
                "infer" => sequence(problem, &model, effort),
                _ => Err("inference alone".into()),
            }
        })
    })
}

/// Inputs in the order `x`, `h`, `c`, the states zero.
fn inputs(problem: &Problem, model: &Model) -> Result<(NodeId, Vec<(NodeId, Value)>), Failure> {
    let mut states = Vec::new();
    for (name, _) in ["h", "c"].into_iter().zip(problem.states()) {
        let zeros = NdTensor::<f32, 3>::zeros([1, problem.batch, problem.hidden]);
        states.push((model.node_id(name)?, zeros.into()));
    }
    Ok((model.node_id("x")?, states))
}

fn sequence(problem: &Problem, model: &Model, effort: Effort) -> Result<Outcome, Failure> {
    let (x_id, states) = inputs(problem, model)?;
    let shape = [problem.steps, problem.batch, problem.input];
    let x = NdTensor::from_data(shape, problem.tensor("x")?.to_vec());
    let outputs = [model.node_id("y")?];
    let run = || -> Result<Vec<Value>, Failure> {
        let states = states.iter().map(|(id, state)| (*id, state.as_view().into()));
        let feed = std::iter::once((x_id, x.view().into())).chain(states).collect();
        Ok(model.run(feed, &outputs, None)?)
    };
    let mut check = Check::default();
    check.add(problem, "y", &floats(run()?.remove(0))?)?;
    let sample = measure(effort, 1, || {
        black_box(run()?);
        Ok(())
    })?;
    Ok(Outcome { variant: "ONNX", sample, check })
}

fn stream(problem: &Problem, model: &Model, effort: Effort) -> Result<Outcome, Failure> {
    let (x_id, mut states) = inputs(problem, model)?;
    let mut outputs = vec![model.node_id("h_next")?];
    if states.len() == 2 {
        outputs.push(model.node_id("c_next")?);
    }
    let dense = problem.has("v");
    if dense {
        outputs.push(model.node_id("y")?);
    }
    let xs = problem.tensor("x")?.chunks_exact(problem.input);
    let mut run = || -> Result<Vec<f32>, Failure> {
        let mut seen = Vec::new();
        for x in xs.clone() {
            let x = NdTensor::from_data([1, 1, problem.input], x.to_vec());
            let ids: Vec<NodeId> = states.iter().map(|(id, _)| *id).collect();
            let mut feed = vec![(x_id, x.into())];
            feed.extend(states.drain(..).map(|(id, state)| (id, state.into())));
            let mut results = model.run(feed, &outputs, None)?;
            if dense {
                seen.extend(results.pop().map(floats).transpose()?.into_iter().flatten());
            } else {
                seen.extend(floats(results[0].clone())?);
            }
            states = ids.into_iter().zip(results).collect();
        }
        Ok(seen)
    };
    let mut check = Check::default();
    check.add(problem, "y", &run()?)?;
    let sample = measure(effort, problem.steps, || {
        black_box(run()?);
        Ok(())
    })?;
    Ok(Outcome { variant: "ONNX, states passed", sample, check })
}

fn floats(value: Value) -> Result<Vec<f32>, Failure> {
    let tensor: rten_tensor::Tensor<f32> = value.try_into()?;
    Ok(tensor.to_vec())
}
