//! Where a forward pass overflows or becomes NaN in its scalar type.

use alloc::{format, string::String};

use ndarray::Array2;

use super::Tape;
use crate::element::Element;

impl<E: Element> Tape<'_, '_, E> {
    /// That the pass overflows, and at which step: the first whose output or states are infinite or NaN, with the
    /// first value of that step, in order of the equations, which is. `None` if there is no such step: values in
    /// between may be infinite, as in `1 / (1 + exp(v))`.
    pub(crate) fn overflow(&self) -> Option<String> {
        let graph = self.reference.graph;
        let lost = |value: &Array2<E>| value.iter().find(|v| !v.is_finite()).copied();
        let results = || graph.next.iter().chain([&graph.output]);
        let (step, values) = self
            .steps
            .iter()
            .enumerate()
            .find(|(_, values)| results().any(|&node| lost(&values[node]).is_some()))?;
        let named = graph
            .nodes
            .iter()
            .zip(values)
            .find_map(|(node, value)| Some((String::from(node.name?), lost(value)?)));
        let (name, value) =
            named.or_else(|| Some((String::from("output"), lost(&values[graph.output])?)))?;
        let (step, steps) = (step + 1, self.steps.len());
        Some(format!("overflows at step {step} of {steps}: `{name}` is {value} in {}", E::NAME))
    }
}
