//! What a run does with its arrays besides the kernels. No cell type appears in it, so that it can
//! be compiled in this crate; what is generic over the cell is compiled again for each of them.

use alloc::vec::Vec;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, ArrayViewMut2, ArrayViewMut3};

use super::memory::{BackMemory, Extent, Memory};
use super::segment::Segment;
use super::{InputGradients, OutputGradients, backward, forward, memory, segment, states};
use crate::declaration::graph::CellGraph;
use crate::error::Error;
use crate::kernels::matrix::{Aligned, Packed};
use crate::program::Layout;
use crate::run::weights;

/// Declares the functions of [`Driver`], and implements them for each element by the functions of
/// the same names in the modules of the passes.
macro_rules! driver {
    ($(
        $module:ident::$name:ident$(<$a:lifetime>)?($($arg:ident: $ty:ty),* $(,)?)
            $(-> $out:ty)?;
    )+) => {
        /// The functions of the passes over arrays of one element.
        #[expect(missing_docs, reason = "documented where they are written")]
        pub trait Driver: Sized + 'static {
            $(fn $name$(<$a>)?($($arg: $ty),*) $(-> $out)?;)+
        }

        impl Driver for f32 {
            $(fn $name$(<$a>)?($($arg: $ty),*) $(-> $out)? { $module::$name($($arg),*) })+
        }

        impl Driver for f64 {
            $(fn $name$(<$a>)?($($arg: $ty),*) $(-> $out)? { $module::$name($($arg),*) })+
        }
    };
}

driver! {
    forward::begin_forward(
        graph: &CellGraph,
        layout: &Layout,
        inputs: &[ArrayView3<'_, Self>],
        initial: &[ArrayView2<'_, Self>],
        output: &ArrayViewMut3<'_, Self>,
        keep: bool,
        memory: &mut Memory<Self>,
    ) -> Result<(Extent, Option<Vec<usize>>), Error>;
    forward::given_inputs<'a>(
        layout: &Layout,
        inputs: &'a [ArrayView3<'_, Self>],
    ) -> Option<&'a [Self]>;
    forward::load_inputs(
        layout: &Layout,
        extent: &Extent,
        memory: &mut Memory<Self>,
        inputs: &[ArrayView3<'_, Self>],
        chunk: (usize, usize),
    );
    forward::store_outputs(
        layout: &Layout,
        extent: &Extent,
        memory: &Memory<Self>,
        call: &[Self],
        chunk: (usize, usize),
        output: &mut ArrayViewMut3<'_, Self>,
    );
    forward::zero_outputs(
        graph: &CellGraph,
        inputs: &[ArrayView3<'_, Self>],
    ) -> Result<Array3<Self>, Error>;
    backward::begin_backward(
        graph: &CellGraph,
        layout: &Layout,
        extent: &Extent,
        adjoints: &OutputGradients<'_, Self>,
        inputs: &InputGradients<Self>,
        back: &mut BackMemory<Self>,
    ) -> Result<usize, Error>;
    backward::given_adjoints<'a>(
        layout: &Layout,
        adjoints: &'a OutputGradients<'_, Self>,
    ) -> Option<&'a [Self]>;
    segment::load_adjoints(
        layout: &Layout,
        extent: &Extent,
        adjoints: &OutputGradients<'_, Self>,
        segment: &Segment,
        back: &mut BackMemory<Self>,
    );
    segment::load_initial(
        graph: &CellGraph,
        layout: &Layout,
        initial: &[Self],
        batch: usize,
        back: &mut BackMemory<Self>,
    );
    segment::gradient_rows<'a>(
        layout: &Layout,
        segment: &Segment,
        inputs: &'a mut [Array3<Self>],
    ) -> Option<&'a mut [Self]>;
    segment::end_segment(
        layout: &Layout,
        extent: &Extent,
        segment: &Segment,
        chunks: usize,
        back: &mut BackMemory<Self>,
        inputs: &mut [Array3<Self>],
        written: bool,
    );
    backward::store_state_gradients(
        graph: &CellGraph,
        layout: &Layout,
        back: &BackMemory<Self>,
        initial: &mut [Array2<Self>],
    );
    backward::zero_input_gradients(graph: &CellGraph, extent: &Extent) -> InputGradients<Self>;
    memory::no_memory() -> (Memory<Self>, BackMemory<Self>);
    weights::unpacked(layout: &Layout) -> (Vec<Packed<Self>>, Aligned<Self>);
    states::final_states(
        graph: &CellGraph,
        layout: &Layout,
        extent: &Extent,
        memory: &Memory<Self>,
    ) -> Vec<Array2<Self>>;
    states::final_states_into(
        graph: &CellGraph,
        layout: &Layout,
        extent: &Extent,
        memory: &Memory<Self>,
        states: &mut [ArrayViewMut2<'_, Self>],
    ) -> Result<(), Error>;
}
