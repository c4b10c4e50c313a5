//! What each loop computes and stores.

use std::collections::BTreeSet;

use super::SweepPlanner;
use crate::graph::NodeId;
use crate::ops::Shape;
use crate::schedule::Lanes;
use crate::schedule::phase::Phase;

impl SweepPlanner<'_> {
    /// Puts lane operations, reductions and stores into their loops.
    pub(super) fn fill_loops(&mut self) {
        for &id in self.request.members {
            if self.units.in_loops(id) {
                let again = self.again.get(&id).into_iter().flatten().copied();
                for stage in again.chain([self.order.unit[&id]]) {
                    let key = (self.phases.unit[&id], stage, self.units.domain(id));
                    let lanes = self.loops.entry(key).or_insert_with(|| Lanes::new(key.2));
                    lanes.nodes.push(id);
                }
            }
        }
        for (phase, stage, store) in std::mem::take(&mut self.stores) {
            // A sum is stored after the loop that takes it.
            let shape = if self.computed_at(store.node, phase, stage) {
                self.units.domain(store.node)
            } else {
                self.units.graph.shape(store.node)
            };
            let key = (phase, stage, shape);
            let lanes = self.loops.entry(key).or_insert_with(|| Lanes::new(shape));
            lanes.stores.push(store);
        }
        let graph = self.units.graph;
        for lanes in self.loops.values_mut().filter(|lanes| lanes.shape != Shape::Scalar) {
            // What only other loops read is computed there.
            let mut read: BTreeSet<NodeId> = lanes.stores.iter().map(|s| s.node).collect();
            lanes.nodes.reverse();
            lanes.nodes.retain(|&id| {
                let kept = graph.shape(id) == Shape::Scalar || read.contains(&id);
                if kept {
                    read.extend(&graph.node(id).args);
                }
                kept
            });
            lanes.nodes.reverse();
        }
    }

    fn computed_at(&self, id: NodeId, phase: Phase, stage: usize) -> bool {
        self.phases.unit.get(&id) == Some(&phase) && self.order.unit[&id] == stage
    }
}
