//! What is compiled in this crate for both scalar types, and not with every cell: the hub through
//! which drivers, initialisers and verification, in which no cell type appears, are called for a
//! cell.

#[cfg(feature = "std")]
use crate::check::verify::{self, Options, Report, candidate::Build};
#[cfg(feature = "std")]
use crate::declaration::graph::{CellGraph, ParamInfo};
#[cfg(feature = "std")]
use crate::declaration::init;
use crate::kernels::element::Element;
use crate::run::sequence::Driver;

/// A scalar type of cells.
pub trait Compiled: Element + Driver {
    /// [`Cell::init`](crate::Cell::init).
    #[cfg(feature = "std")]
    fn init(params: &'static [ParamInfo], values: &mut [Self], rng: &mut dyn rand::Rng);

    /// [`verify_with`](crate::verify::verify_with).
    #[cfg(feature = "std")]
    fn verify(graph: &'static CellGraph, options: &Options, build: &Build<'_, Self>) -> Report;
}

/// The same function for each type.
macro_rules! compiled {
    ($($E:ident)+) => {$(
        impl Compiled for $E {
            #[cfg(feature = "std")]
            fn init(params: &'static [ParamInfo], values: &mut [$E], rng: &mut dyn rand::Rng) {
                init::assign_all(params, values, rng);
            }

            #[cfg(feature = "std")]
            fn verify(
                graph: &'static CellGraph,
                options: &Options,
                build: &Build<'_, $E>,
            ) -> Report {
                verify::run(graph, options, build)
            }
        }
    )+};
}

compiled!(f32 f64);
