//! What the forward pass keeps for the backward pass, and what the backward pass computes again.
//!
//! A value is *at hand* when it is an input, a state (both are kept anyway) or depends on
//! parameters alone. Of the rest that the backward pass reads, an addition or multiplication of
//! values at hand is computed again, and so is one costly function of a value at hand
//! (`tanh(c[t])`): writing and reading a value of a long sequence costs as much as computing one.
//! Products, reductions and everything else are stored.

use std::collections::{BTreeMap, BTreeSet};

use super::units::Units;
use crate::graph::{Map, NodeId, Op, Zip};

/// How the backward pass gets each forward value it reads.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    /// Written by the forward pass, in order.
    pub(crate) stored: Vec<NodeId>,
    /// Computed again.
    pub(crate) recomputed: BTreeSet<NodeId>,
}

/// Cost of computing a value again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    Free,
    Cheap,
    Costly,
    Never,
}

/// Chooses for the forward values `read` by the backward pass. `forward` is what the forward pass
/// computes.
pub(crate) fn choose(units: &Units<'_>, forward: &[NodeId], read: &BTreeSet<NodeId>) -> Tape {
    let inside: BTreeSet<NodeId> = forward.iter().copied().collect();
    let states: BTreeSet<NodeId> = units.graph.next.iter().copied().collect();
    let mut reach: BTreeMap<NodeId, Reach> = BTreeMap::new();
    let mut tape = Tape::default();
    for &id in forward {
        let of = |a: &NodeId| match reach.get(a) {
            Some(r) => *r,
            None if inside.contains(a) => Reach::Far,
            None => Reach::AtHand,
        };
        let args: Vec<Reach> = units.args(id).iter().map(of).collect();
        let found =
            if states.contains(&id) { Reach::AtHand } else { again(cost(units, id), &args) };
        let found = if read.contains(&id) && found == Reach::Far {
            tape.stored.push(id);
            Reach::AtHand
        } else {
            found
        };
        reach.insert(id, found);
    }
    let stored: BTreeSet<NodeId> = tape.stored.iter().copied().collect();
    let stop = |id: NodeId| !inside.contains(&id) || states.contains(&id) || stored.contains(&id);
    tape.recomputed = units.reach(read.iter().copied(), stop).into_iter().collect();
    tape
}

/// How near a forward value is to the backward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Kept, or stored.
    AtHand,
    /// Cheap to compute from values at hand.
    Near,
    /// One costly function of values at hand.
    OneCall,
    Far,
}

fn again(cost: Cost, args: &[Reach]) -> Reach {
    let all = |ok: &[Reach]| args.iter().all(|a| ok.contains(a));
    match cost {
        Cost::Free | Cost::Cheap if all(&[Reach::AtHand, Reach::Near]) => Reach::Near,
        Cost::Free | Cost::Cheap if all(&[Reach::AtHand, Reach::Near, Reach::OneCall]) => {
            Reach::OneCall
        }
        Cost::Costly if all(&[Reach::AtHand, Reach::Near]) => Reach::OneCall,
        Cost::Free | Cost::Cheap | Cost::Costly | Cost::Never => Reach::Far,
    }
}

fn cost(units: &Units<'_>, id: NodeId) -> Cost {
    if units.affine(id).is_some() {
        return Cost::Never;
    }
    match units.node(id).op {
        Op::Input(_) | Op::Prev(_) | Op::Param(_) | Op::Const(_) | Op::Slice { .. } => Cost::Free,
        Op::Map(map) => match map {
            Map::Neg | Map::Abs | Map::Sign => Cost::Cheap,
            Map::Sigmoid
            | Map::Tanh
            | Map::Softplus
            | Map::Exp
            | Map::ExpM1
            | Map::Log
            | Map::Sqrt
            | Map::Sin
            | Map::Cos
            | Map::Erf => Cost::Costly,
        },
        Op::Zip(zip) => match zip {
            Zip::Add | Zip::Sub | Zip::Mul | Zip::Min | Zip::Max | Zip::Less => Cost::Cheap,
            Zip::Div => Cost::Costly,
        },
        Op::Product(_) | Op::Concat | Op::Sum | Op::Largest => Cost::Never,
        Op::AdjNext(_) | Op::AdjOutput | Op::AdjCall(_) => Cost::Never,
        Op::Unary(_) | Op::Binary(_) | Op::Reduce(_) => {
            unreachable!("bug in rnn-macros: a source operation in the scheduler")
        }
    }
}
