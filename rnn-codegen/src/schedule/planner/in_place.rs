//! Results of whole vectors, which kernels write where the caller wants them.

use super::Planner;
use crate::graph::NodeId;
use crate::schedule::{Buf, Place};

impl Planner<'_> {
    /// Where loops write the output, if whole vectors of it are computed by one: elsewhere it is
    /// copied from where it is.
    pub(super) fn written(&mut self, output: NodeId) -> Option<Place> {
        let len = self.units.len(output);
        let whole = len.is_multiple_of(self.alloc.pad);
        let computed = self.units.is_lanes(output) && !self.given(output);
        (whole && computed).then(|| self.alloc.slot(Buf::Y, len))
    }

    /// The gradient of the only input and where it is written, as [`written`](Self::written) says
    /// of the output, if nothing else reads it.
    pub(super) fn written_back(&mut self) -> Option<(NodeId, Place)> {
        let [Some(gradient)] = self.units.graph.differentiated().inputs[..] else { return None };
        let len = self.units.len(gradient);
        let whole = len.is_multiple_of(self.alloc.pad);
        let computed = self.units.affine(gradient).is_some() || self.units.is_lanes(gradient);
        let read = self.units.graph.uses()[gradient.index()] > 1;
        let alone = whole && computed && !read && !self.given(gradient);
        alone.then(|| (gradient, self.alloc.slot(Buf::Dx, len)))
    }
}
