//! A declaration as data: its graph, views of parameters by name, their initial values.

pub mod graph;
#[cfg(feature = "std")]
pub mod init;
pub(crate) mod views;
