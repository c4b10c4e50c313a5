//! A declaration as data: its graph, its parameters by name, their initial values.

pub mod graph;
#[cfg(feature = "std")]
pub mod init;
pub mod params;
mod views;
