//! The cells that candle has no layer for, one step each, in its tensors.

use std::collections::HashMap;

use candle_core::{D, Result, Tensor};
use candle_nn::ops::sigmoid;
use rnn_peers::problem::Problem;

/// From parameters, input `[B, I]` and states to the next states.
pub type Step = fn(&Params, &Tensor, &[Tensor]) -> Result<Vec<Tensor>>;
type Params = HashMap<String, Tensor>;

/// Shape of a parameter of `len` values.
pub fn shape(name: &str, len: usize, problem: &Problem) -> Vec<usize> {
    let columns = match name {
        "W" => problem.input,
        "U" | "v" | "p" | "gain_x" | "shift_x" | "gain_h" | "shift_h" => problem.hidden,
        _ => return vec![len],
    };
    vec![len / columns, columns]
}

/// The step of a cell.
pub fn step(cell: &str) -> Option<Step> {
    Some(match cell {
        "rnn" => rnn,
        "peephole" => peephole,
        "mgu" => mgu,
        "mingru" => mingru,
        "lnlstm" => lnlstm,
        "indrnn" => indrnn,
        _ => return None,
    })
}

fn project(p: &Params, x: &Tensor) -> Result<Tensor> {
    x.matmul(&p["W"].t()?)?.broadcast_add(&p["b"])
}

fn rnn(p: &Params, x: &Tensor, s: &[Tensor]) -> Result<Vec<Tensor>> {
    Ok(vec![(project(p, x)? + s[0].matmul(&p["U"].t()?)?)?.tanh()?])
}

fn peephole(p: &Params, x: &Tensor, s: &[Tensor]) -> Result<Vec<Tensor>> {
    let (h, c) = (&s[0], &s[1]);
    let a = (project(p, x)? + h.matmul(&p["U"].t()?)?)?.chunk(4, 1)?;
    let seen = |c: &Tensor, gate| c.broadcast_mul(&p["p"].get(gate)?);
    let i = sigmoid(&(&a[0] + seen(c, 0)?)?)?;
    let f = sigmoid(&(&a[1] + seen(c, 1)?)?)?;
    let c = ((f * c)? + (i * a[2].tanh()?)?)?;
    let o = sigmoid(&(&a[3] + seen(&c, 2)?)?)?;
    Ok(vec![(o * c.tanh()?)?, c])
}

fn mgu(p: &Params, x: &Tensor, s: &[Tensor]) -> Result<Vec<Tensor>> {
    let h = &s[0];
    let (a, u) = (project(p, x)?.chunk(2, 1)?, p["U"].chunk(2, 0)?);
    let f = sigmoid(&(&a[0] + h.matmul(&u[0].t()?)?)?)?;
    let n = (&a[1] + (&f * h)?.matmul(&u[1].t()?)?)?.tanh()?;
    Ok(vec![(h + (f * (n - h)?)?)?])
}

fn mingru(p: &Params, x: &Tensor, s: &[Tensor]) -> Result<Vec<Tensor>> {
    let (h, a) = (&s[0], project(p, x)?.chunk(2, 1)?);
    Ok(vec![(h + (sigmoid(&a[0])? * (&a[1] - h)?)?)?])
}

fn indrnn(p: &Params, x: &Tensor, s: &[Tensor]) -> Result<Vec<Tensor>> {
    Ok(vec![(project(p, x)? + s[0].broadcast_mul(&p["u"])?)?.relu()?])
}

/// Layer norm of each of the gates side by side in `a`.
fn normed(a: &Tensor, gain: &Tensor, shift: &Tensor) -> Result<Tensor> {
    let (batch, (gates, hidden)) = (a.dim(0)?, gain.dims2()?);
    let a = a.reshape((batch, gates, hidden))?;
    let a = a.broadcast_sub(&a.mean_keepdim(D::Minus1)?)?;
    let a = a.broadcast_div(&(a.sqr()?.mean_keepdim(D::Minus1)? + 1e-5)?.sqrt()?)?;
    a.broadcast_mul(gain)?.broadcast_add(shift)?.reshape((batch, gates * hidden))
}

fn lnlstm(p: &Params, x: &Tensor, s: &[Tensor]) -> Result<Vec<Tensor>> {
    let (h, c) = (&s[0], &s[1]);
    let from_x = normed(&x.matmul(&p["W"].t()?)?, &p["gain_x"], &p["shift_x"])?;
    let from_h = normed(&h.matmul(&p["U"].t()?)?, &p["gain_h"], &p["shift_h"])?;
    let a = (from_x + from_h)?.broadcast_add(&p["b"])?.chunk(4, 1)?;
    let c = ((sigmoid(&a[1])? * c)? + (sigmoid(&a[0])? * a[2].tanh()?)?)?;
    Ok(vec![(sigmoid(&a[3])? * c.tanh()?)?, c])
}
