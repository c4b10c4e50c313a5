//! Running cells: streams against sequences, chunks of time against the whole, what is added up and
//! what is overwritten, what is allocated, what becomes of the smallest numbers, and what is
//! refused.

mod allocations;
mod cells;
mod chunks;
mod denormals;
mod errors;
mod gradients;
mod streams;
mod views;
