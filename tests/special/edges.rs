//! Right values at the edges.
