//! candle: its LSTM and GRU layers, and the other cells in its tensors.

mod cells;
mod network;

use std::hint::black_box;
use std::process::ExitCode;

use candle_core::backprop::GradStore;
use candle_core::{Device, Tensor};
use rnn_peers::problem::{Check, Problem};
use rnn_peers::timing::{Effort, measure};
use rnn_peers::{Failure, Outcome, drive};

use crate::network::Network;

/// As `Cargo.toml` pins it.
const VERSION: &str = "0.11.1";

fn main() -> ExitCode {
    drive("candle", VERSION, |problem, effort| {
        let network = Network::new(problem)?;
        match problem.mode.as_str() {
            "stream" => stream(problem, &network, effort),
            "infer" => infer(problem, &network, effort),
            _ => train(problem, &network, effort),
        }
    })
}

fn stream(problem: &Problem, network: &Network, effort: Effort) -> Result<Outcome, Failure> {
    let dense = match problem.has("v") {
        true => Some((network.params["v"].t()?, &network.params["d"])),
        false => None,
    };
    let xs = problem.tensor("x")?.chunks_exact(problem.input);
    let mut states = network.initial.clone();
    let mut outputs = Vec::new();
    let mut run = || -> Result<Vec<f32>, Failure> {
        outputs.clear();
        for x in xs.clone() {
            let x = Tensor::from_slice(x, (1, problem.input), &Device::Cpu)?;
            states = network.step(&x, &states)?;
            let output = match &dense {
                Some((v, d)) => &states[0].matmul(v)?.broadcast_add(d)?,
                None => &states[0],
            };
            outputs.extend(values(output)?);
        }
        Ok(outputs.clone())
    };
    let first = run()?;
    let sample = measure(effort, problem.steps, || {
        black_box(run()?);
        Ok(())
    })?;
    let mut check = Check::default();
    check.add(problem, "y", &first)?;
    Ok(Outcome { variant: network.variant(), sample, check })
}

fn infer(problem: &Problem, network: &Network, effort: Effort) -> Result<Outcome, Failure> {
    let mut check = Check::default();
    check.add(problem, "y", &values(&network.forward()?)?)?;
    let sample = measure(effort, 1, || {
        black_box(network.forward()?);
        Ok(())
    })?;
    Ok(Outcome { variant: network.variant(), sample, check })
}

fn train(problem: &Problem, network: &Network, effort: Effort) -> Result<Outcome, Failure> {
    let shape = (problem.steps, problem.batch, problem.hidden);
    let r = Tensor::from_slice(problem.tensor("r")?, shape, &Device::Cpu)?;
    let run = || -> Result<(Tensor, GradStore), Failure> {
        let y = network.forward()?;
        let gradients = (&y * &r)?.sum_all()?.backward()?;
        Ok((y, gradients))
    };
    let (y, gradients) = run()?;
    let mut check = Check::default();
    check.add(problem, "y", &values(&y)?)?;
    for (name, leaf) in network.leaves()? {
        let found = leaf.iter().map(|part| match gradients.get(part) {
            Some(gradient) => values(gradient),
            None => Err(format!("no gradient of {name}").into()),
        });
        let found = found.collect::<Result<Vec<_>, Failure>>()?.concat();
        // Of the recurrent bias only the part inside the reset is a parameter of its own.
        let from = if name == "q" { 2 * problem.hidden } else { 0 };
        check.add(problem, &name, &found[from..])?;
    }
    let sample = measure(effort, 1, || {
        black_box(run()?);
        Ok(())
    })?;
    Ok(Outcome { variant: network.variant(), sample, check })
}

fn values(tensor: &Tensor) -> Result<Vec<f32>, Failure> {
    Ok(tensor.flatten_all()?.to_vec1()?)
}
