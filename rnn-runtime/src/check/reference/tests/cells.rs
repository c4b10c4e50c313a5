//! Whole cells against loops written by hand, one number at a time.

use std::vec;
use std::vec::Vec;

use ndarray::{Array2, Array3};

use super::{Draw, distance};
use crate::check::reference::draft::{elman, lstm};
use crate::check::reference::{Adjoints, Gradients, Reference};
use crate::declaration::graph::Unary;

const T: usize = 7;
const B: usize = 3;
const I: usize = 4;
const H: usize = 5;

/// Parameters, an input, initial states, and adjoints of outputs and final states.
struct Data {
    params: Vec<f64>,
    x: Array3<f64>,
    initial: Vec<Array2<f64>>,
    outputs: Array3<f64>,
    states: Vec<Array2<f64>>,
}

impl Data {
    fn draw(params: usize, states: usize) -> Data {
        let mut draw = Draw::new(7);
        Data {
            params: draw.vec(params),
            x: draw.array3((T, B, I)),
            initial: (0..states).map(|_| draw.array2((B, H))).collect(),
            outputs: draw.array3((T, B, H)),
            states: (0..states).map(|_| draw.array2((B, H))).collect(),
        }
    }

    fn run(&self, graph: &crate::declaration::graph::CellGraph) -> (Array3<f64>, Gradients<f64>) {
        let reference = Reference::<f64>::new(graph, &self.params).unwrap();
        let initial: Vec<_> = self.initial.iter().map(|s| s.view()).collect();
        let states: Vec<_> = self.states.iter().map(|s| s.view()).collect();
        let tape = reference.record(&[self.x.view()], &initial).unwrap();
        let adjoints = Adjoints { outputs: Some(self.outputs.view()), states: &states };
        (tape.outputs().to_owned(), tape.backward(&adjoints).unwrap())
    }
}

fn sigmoid(u: f64) -> f64 {
    1.0 / (1.0 + (-u).exp())
}

/// Adds one row's gradients of `rows` weighted sums `u = W x + U h + b` to `dp`, `dx` and `dh`.
fn sums_backward(
    du: &[f64],
    (x, h): (&[f64], &[f64]),
    p: &[f64],
    dp: &mut [f64],
    (dx, dh): (&mut [f64], &mut [f64]),
) {
    let rows = du.len();
    let (u_at, b_at) = (rows * I, rows * (I + H));
    for j in 0..rows {
        for k in 0..I {
            dp[j * I + k] += du[j] * x[k];
            dx[k] += p[j * I + k] * du[j];
        }
        for k in 0..H {
            dp[u_at + j * H + k] += du[j] * h[k];
            dh[k] += p[u_at + j * H + k] * du[j];
        }
        dp[b_at + j] += du[j];
    }
}

/// The sums themselves.
fn sums(rows: usize, x: &[f64], h: &[f64], p: &[f64]) -> Vec<f64> {
    let (u_at, b_at) = (rows * I, rows * (I + H));
    let sum = |j: usize| {
        let wx: f64 = (0..I).map(|k| p[j * I + k] * x[k]).sum();
        let uh: f64 = (0..H).map(|k| p[u_at + j * H + k] * h[k]).sum();
        wx + uh + p[b_at + j]
    };
    (0..rows).map(sum).collect()
}

fn row2(a: &Array2<f64>, b: usize) -> Vec<f64> {
    a.row(b).to_vec()
}

fn row3(a: &Array3<f64>, t: usize, b: usize) -> Vec<f64> {
    a.slice(ndarray::s![t, b, ..]).to_vec()
}

#[test]
fn elman_network_equals_a_loop() {
    let data = Data::draw(H * (I + H + 1), 1);
    let (outputs, gradients) = data.run(elman(Unary::Tanh, I, H));
    let p = &data.params;
    let mut dp = vec![0.0; p.len()];
    for b in 0..B {
        let mut h = vec![row2(&data.initial[0], b)];
        for t in 0..T {
            let u = sums(H, &row3(&data.x, t, b), &h[t], p);
            h.push(u.iter().map(|u| u.tanh()).collect());
            assert!(distance(&h[t + 1], &row3(&outputs, t, b)) < 1e-14);
        }
        let mut dh = row2(&data.states[0], b);
        for t in (0..T).rev() {
            let seed = row3(&data.outputs, t, b);
            let du = |j: usize| (dh[j] + seed[j]) * (1.0 - h[t + 1][j].powi(2));
            let du: Vec<_> = (0..H).map(du).collect();
            let (mut dx, mut before) = (vec![0.0; I], vec![0.0; H]);
            let x = row3(&data.x, t, b);
            sums_backward(&du, (&x, &h[t]), p, &mut dp, (&mut dx, &mut before));
            assert!(distance(&dx, &row3(&gradients.inputs[0], t, b)) < 1e-13);
            dh = before;
        }
        assert!(distance(&dh, &row2(&gradients.initial[0], b)) < 1e-13);
    }
    assert!(distance(&dp, &gradients.params) < 1e-12);
}

/// What a step of one row of the LSTM needs in the backward pass.
struct LstmStep {
    h: Vec<f64>,
    c: Vec<f64>,
    /// i, f, g, o one after another.
    gates: Vec<f64>,
    next: Vec<f64>,
}

fn lstm_step(x: &[f64], h: Vec<f64>, c: Vec<f64>, p: &[f64]) -> (LstmStep, Vec<f64>) {
    let u = sums(4 * H, x, &h, p);
    let gate = |(j, u): (usize, f64)| if j / H == 2 { u.tanh() } else { sigmoid(u) };
    let gates: Vec<_> = u.into_iter().enumerate().map(gate).collect();
    let next: Vec<_> = (0..H).map(|j| gates[H + j] * c[j] + gates[j] * gates[2 * H + j]).collect();
    let output = (0..H).map(|j| gates[3 * H + j] * next[j].tanh()).collect();
    (LstmStep { h, c, gates, next }, output)
}

/// Adjoints of the four sums and of `c` before the step.
fn lstm_step_backward(step: &LstmStep, dh: &[f64], dc: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let gate = |n: usize, j: usize| step.gates[n * H + j];
    let (mut du, mut before) = (vec![0.0; 4 * H], vec![0.0; H]);
    for j in 0..H {
        let (i, f, g, o) = (gate(0, j), gate(1, j), gate(2, j), gate(3, j));
        let squashed = step.next[j].tanh();
        let dc = dc[j] + dh[j] * o * (1.0 - squashed * squashed);
        du[j] = dc * g * i * (1.0 - i);
        du[H + j] = dc * step.c[j] * f * (1.0 - f);
        du[2 * H + j] = dc * i * (1.0 - g * g);
        du[3 * H + j] = dh[j] * squashed * o * (1.0 - o);
        before[j] = dc * f;
    }
    (du, before)
}

#[test]
fn lstm_equals_a_loop() {
    let data = Data::draw(4 * H * (I + H + 1), 2);
    let (outputs, gradients) = data.run(lstm(I, H));
    let p = &data.params;
    let mut dp = vec![0.0; p.len()];
    for b in 0..B {
        let (mut h, mut c) = (row2(&data.initial[0], b), row2(&data.initial[1], b));
        let mut steps = Vec::new();
        for t in 0..T {
            let (step, output) = lstm_step(&row3(&data.x, t, b), h, c, p);
            assert!(distance(&output, &row3(&outputs, t, b)) < 1e-14);
            (h, c) = (output, step.next.clone());
            steps.push(step);
        }
        let (mut dh, mut dc) = (row2(&data.states[0], b), row2(&data.states[1], b));
        for (t, step) in steps.iter().enumerate().rev() {
            let seed = row3(&data.outputs, t, b);
            dh.iter_mut().zip(seed).for_each(|(dh, seed)| *dh += seed);
            let (du, before_c) = lstm_step_backward(step, &dh, &dc);
            let (mut dx, mut before) = (vec![0.0; I], vec![0.0; H]);
            let x = row3(&data.x, t, b);
            sums_backward(&du, (&x, &step.h), p, &mut dp, (&mut dx, &mut before));
            assert!(distance(&dx, &row3(&gradients.inputs[0], t, b)) < 1e-13);
            (dh, dc) = (before, before_c);
        }
        assert!(distance(&dh, &row2(&gradients.initial[0], b)) < 1e-12);
        assert!(distance(&dc, &row2(&gradients.initial[1], b)) < 1e-12);
    }
    assert!(distance(&dp, &gradients.params) < 1e-12);
}

#[test]
fn f32_is_near_f64() {
    let data = Data::draw(4 * H * (I + H + 1), 2);
    let graph = lstm(I, H);
    let (outputs, gradients) = data.run(graph);
    let reference = Reference::<f32>::new(graph, &data.params).unwrap();
    let x = data.x.mapv(|v| v as f32);
    let narrow = |states: &[Array2<f64>]| -> Vec<_> {
        states.iter().map(|s| s.mapv(|v| v as f32)).collect()
    };
    let (initial, states) = (narrow(&data.initial), narrow(&data.states));
    let initial: Vec<_> = initial.iter().map(|s| s.view()).collect();
    let states: Vec<_> = states.iter().map(|s| s.view()).collect();
    let tape = reference.record(&[x.view()], &initial).unwrap();
    assert!(distance(&tape.outputs().mapv(f64::from), &outputs) < 1e-6);
    let adjoints = data.outputs.mapv(|v| v as f32);
    let adjoints = Adjoints { outputs: Some(adjoints.view()), states: &states };
    let found = tape.backward(&adjoints).unwrap();
    let params: Vec<_> = found.params.iter().map(|&v| f64::from(v)).collect();
    assert!(distance(&params, &gradients.params) < 1e-5);
    // Recording changes nothing.
    let forward = reference.forward(&[x.view()], &initial).unwrap();
    assert_eq!((forward.outputs.view(), &forward.states[..]), (tape.outputs(), tape.states()));
}

#[test]
fn fixed_parameters_have_no_gradient() {
    let data = Data::draw(H * (I + H + 1), 1);
    let graph = elman(Unary::Tanh, I, H);
    let mut params = graph.params.to_vec();
    params[1].trainable = false;
    params[2].trainable = false;
    let fixed = crate::declaration::graph::CellGraph { params: params.leak(), ..copy(graph) };
    let (_, all) = data.run(graph);
    let (_, some) = data.run(&fixed);
    assert_eq!(some.params[..H * I], all.params[..H * I]);
    assert!(some.params[H * I..].iter().all(|&g| g == 0.0));
    assert_eq!((some.inputs, some.initial), (all.inputs, all.initial));
}

fn copy(g: &crate::declaration::graph::CellGraph) -> crate::declaration::graph::CellGraph {
    crate::declaration::graph::CellGraph { ..*g }
}
