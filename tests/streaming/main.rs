//! Running cells: streams against sequences, chunks of time against the whole, what is added up and
//! what is overwritten, what is allocated, and what is refused.

mod allocations;
mod cells;
mod chunks;
mod errors;
mod gradients;
mod streams;
mod views;
