//! The cell of a row with its parameters and data, as candle has them.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::VarBuilder;
use candle_nn::rnn::{GRU, GRUConfig, GRUState, LSTM, LSTMConfig, LSTMState, RNN, gru, lstm};
use rnn_peers::Failure;
use rnn_peers::problem::Problem;

use crate::cells::{self, Step};

/// How a step is computed.
enum Kind {
    Lstm(LSTM),
    Gru(GRU),
    InTensors(Step),
}

/// A cell and its data; all leaves are tracked where the row trains.
pub struct Network {
    kind: Kind,
    /// By the row's names; `q` is the whole recurrent bias of a GRU.
    pub params: HashMap<String, Tensor>,
    /// One leaf a step: the backward pass of a slice would fill a tensor of all steps.
    xs: Vec<Tensor>,
    /// States before the first step.
    pub initial: Vec<Tensor>,
}

impl Network {
    /// The network of a row.
    pub fn new(problem: &Problem) -> Result<Self, Failure> {
        let trains = problem.mode == "train";
        let leaf = |values: &[f32], shape: &[usize]| -> Result<Tensor, Failure> {
            let tensor = Tensor::from_slice(values, shape, &Device::Cpu)?;
            // What is tracked is the variable's own tensor.
            Ok(if trains { Var::from_tensor(&tensor)?.as_tensor().clone() } else { tensor })
        };
        let mut params = HashMap::new();
        for name in problem.params() {
            let mut values = problem.tensor(name)?.to_vec();
            if name == "q" {
                values.splice(0..0, vec![0.0; 2 * problem.hidden]);
            }
            let shape = cells::shape(name, values.len(), problem);
            params.insert(name.to_owned(), leaf(&values, &shape)?);
        }
        let (batch, input) = (problem.batch, problem.input);
        let steps = problem.tensor("x")?.chunks_exact(batch * input);
        let state = |name| leaf(problem.tensor(name)?, &[batch, problem.hidden]);
        Ok(Network {
            kind: kind(problem, &params)?,
            xs: steps.map(|x| leaf(x, &[batch, input])).collect::<Result<_, _>>()?,
            initial: problem.states().map(state).collect::<Result<_, _>>()?,
            params,
        })
    }

    /// Which way this is.
    pub fn variant(&self) -> &'static str {
        match self.kind {
            Kind::Lstm(_) | Kind::Gru(_) => "layer",
            Kind::InTensors(_) => "cell in tensors",
        }
    }

    /// The next states.
    pub fn step(&self, x: &Tensor, states: &[Tensor]) -> Result<Vec<Tensor>, Failure> {
        Ok(match (&self.kind, states) {
            (Kind::Lstm(layer), [h, c]) => {
                let next = layer.step(x, &LSTMState::new(h.clone(), c.clone()))?;
                vec![next.h, next.c]
            }
            (Kind::Gru(layer), [h]) => vec![layer.step(x, &GRUState { h: h.clone() })?.h],
            (Kind::InTensors(step), _) => step(&self.params, x, states)?,
            _ => return Err("the states are not those of the cell".into()),
        })
    }

    /// Outputs of the sequence `[T, B, H]`.
    pub fn forward(&self) -> Result<Tensor, Failure> {
        let (mut states, mut outputs) = (self.initial.clone(), Vec::with_capacity(self.xs.len()));
        for x in &self.xs {
            states = self.step(x, &states)?;
            outputs.push(states[0].clone());
        }
        Ok(Tensor::stack(&outputs, 0)?)
    }

    /// What gradients are wanted of, by name; a tensor may be in parts.
    pub fn leaves(&self) -> Result<Vec<(String, Vec<Tensor>)>, Failure> {
        let params = self.params.iter().map(|(name, param)| (name.clone(), vec![param.clone()]));
        let states = ["h0", "c0"].iter().zip(&self.initial);
        let states = states.map(|(name, state)| ((*name).to_owned(), vec![state.clone()]));
        let x = std::iter::once(("x".to_owned(), self.xs.clone()));
        Ok(params.chain(states).chain(x).collect())
    }
}

fn kind(problem: &Problem, params: &HashMap<String, Tensor>) -> Result<Kind, Failure> {
    let (input, hidden) = (problem.input, problem.hidden);
    let builder = || -> Result<VarBuilder<'static>, Failure> {
        let zeros = || Tensor::zeros(4 * hidden, DType::F32, &Device::Cpu);
        let recurrent = params.get("q").cloned().map_or_else(zeros, Ok)?;
        let tensors = [
            ("weight_ih_l0", params["W"].clone()),
            ("weight_hh_l0", params["U"].clone()),
            ("bias_ih_l0", params["b"].clone()),
            ("bias_hh_l0", recurrent),
        ];
        let tensors = tensors.map(|(name, tensor)| (name.to_owned(), tensor)).into();
        Ok(VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu))
    };
    Ok(match problem.cell.as_str() {
        "lstm" => {
            // The row has one bias; the layer would add a second one.
            let config = LSTMConfig { b_hh_init: None, ..LSTMConfig::default() };
            Kind::Lstm(lstm(input, hidden, config, builder()?)?)
        }
        "gru" => Kind::Gru(gru(input, hidden, GRUConfig::default(), builder()?)?),
        other => Kind::InTensors(cells::step(other).ok_or(format!("no cell {other}"))?),
    })
}
