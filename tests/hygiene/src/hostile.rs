//! A module that calls its own things by the names of everybody's.
#![allow(
    dead_code,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unused_imports,
    reason = "the names are those of other things, and nothing is used but the cells"
)]

use self::everything::*;

/// What the cells' module sees by a glob.
pub mod everything {
    /// Not the vector.
    pub struct Vec;
    /// Not the string.
    pub struct String;
    /// Not the option.
    pub struct Option;
    /// Not the result.
    pub struct Result;
    /// Not the empty option.
    pub struct None;
    /// Not an option.
    pub fn Some() {}
    /// Not the trait, nor its derive.
    pub trait Clone {}
    /// Not the trait, nor its derive.
    pub trait Debug {}
    /// Names that generated code gives to traits and types of the runtime.
    pub trait Lanes {}
    /// As above.
    pub trait Cell {}
}

/// Not the number.
pub struct f32;
/// Not the number.
pub struct f64;
/// Not the number.
pub struct usize;
/// Not the truth.
pub struct bool;
/// Not the type of kernels.
pub struct S;
/// Not a position.
pub const at: u8 = 1;
/// Not a row.
pub static row: u8 = 2;
/// Not an input.
pub const x: u8 = 3;
/// Not a state.
pub struct h;
/// Not whether there is a tape.
pub const TAPE: u8 = 4;
/// Not an argument of a cell's function.
pub const simd: u8 = 5;
/// As above.
pub static frame: u8 = 6;
/// As above.
pub struct flat;
/// As above.
pub static sequence: u8 = 7;
/// Not the values of a sequence.
pub const output: u8 = 8;
/// Not the values of a view.
pub static rest: u8 = 9;
/// Not the views of a cell.
pub struct HostileViews;
/// Not the views of a cell.
pub struct HostileViewsMut;

/// Not the crate.
pub mod core {}
/// Not the crate.
pub mod std {}
/// Not the runtime's module.
pub mod p {}
/// Not the cell's own.
pub mod kernels {}

/// Not the vector's macro.
#[allow(unused_macros, reason = "there to be in the way")]
macro_rules! vec {
    ($($tokens:tt)*) => {
        compile_error!("`vec!` of the user")
    };
}

/// Methods of the names that kernels call, for everything.
pub trait Methods: Sized {
    /// Not the vector's.
    fn load(self) {}
    /// Not the vector's.
    fn store(self) {}
    /// Not the vector's.
    fn splat(self) {}
    /// Not the vector's.
    fn tanh(self) {}
    /// Not the vector's.
    fn sigmoid(self) {}
    /// Not the vector's.
    fn mul_add(self) {}
    /// Not the vector's.
    fn sum(self) {}
    /// Not the vector's.
    fn exp(self) {}
    /// Not the kernels'.
    fn product(self) {}
    /// Not the cell's.
    fn flat(self) {}
}

impl<T> Methods for T {}

::rnn_runtime::cell! {
    /// A cell with lanes, products, reductions and values computed once a call.
    pub struct Hostile {
        input x: 3;
        state h: 5;
        param a = 0.5, b: [h];
        gate z = sigmoid(x, h; exp(a) * b);
        gate n = tanh(x, h);
        h[t] = z * h + (1 - z) * softmax(n);
        output h[t] * norm(b);
    }
}

::rnn_runtime::cell! {
    /// The same in doubles.
    pub struct HostileDouble {
        scalar f64;
        input x: 3;
        state h: 5;
        gate n = tanh(x, h);
        h[t] = n;
    }
}

::rnn_runtime::cell! {
    /// Of fixed length, with inputs that are called like constants and like what everybody knows.
    pub struct HostileSteps {
        input x: 3, TAPE: 2, None: 1, Some: 1, Ok: 1, Err: 1, sequence: 2;
        state h: 5;
        steps 4;
        gate n = tanh(x, TAPE, None, Some, Ok, Err, sequence);
        h[t] = n;
    }
}
