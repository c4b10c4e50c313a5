//! Random declarations through the compiler, in this process: all are accepted, and the plans of
//! some compute their graphs; what slips of the hand make of them is accepted, or refused at a
//! token and with a remedy. Debug builds verify the graph after each pass.
//!
//! By hand: `RNN_DECLARATIONS=100000 RNN_FIRST_DECLARATION=1 cargo test -p rnn-declarations`.

mod accepted;
mod compiler;
mod mutated;
mod seeds;
