//! Cells declared where every name is taken: that they compile, without a warning, is the test.
//!
//! This crate is of edition 2021; `tests/hygiene.rs` has the same modules in edition 2024.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unused_qualifications)]
#![allow(unreachable_pub, reason = "`tests/hygiene.rs` has these modules inside a test")]

pub mod families;
pub mod hostile;
pub mod local;
pub mod names;
pub mod no_prelude;
