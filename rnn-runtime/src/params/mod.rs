//! The parameters of a cell: one flat buffer, named views, the same type for gradients; or a slice
//! of memory that someone else owns.

pub(crate) mod flat;
mod slice;

use alloc::vec;

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};
use num_traits::Zero;

use crate::compiled::Compiled;
use crate::declaration::graph::{CellGraph, ParamInfo};
use crate::declaration::views;
use crate::error::Error;
use crate::kernels::simd::Tier;
use crate::program::Program;

pub(crate) use flat::{Flat, Version};
pub use slice::{ParamSlice, ParamSliceMut, Parameters, ParametersMut};

/// A cell declared with [`cell!`](crate::cell): its type is the set of its parameters.
///
/// A value is one flat buffer (`as_slice`) in the order of [`CellGraph::params`]; a gradient is a
/// value of the same type. Optimisers, clipping and checkpoints need the slice only and know
/// nothing of cells.
///
/// `C::Scalar` is the type of all its numbers, `f32` or `f64`.
///
/// ```
/// use rnn_runtime::Cell;
///
/// rnn_runtime::cells::Gru! { pub struct Small { x: 3, h: 4 } }
///
/// let mut cell = Small::init(&mut rnn_runtime::init::seeded(1));
/// assert_eq!(cell.matrix("r.x")?.dim(), (4, 3));
/// cell.vector_mut("z.b")?.fill(1.0);
/// assert_eq!(cell.params().map(|(info, _)| info.name).last(), Some("n.b"));
///
/// let error = cell.vector("z.d").unwrap_err();
/// assert!(error.to_string().starts_with("there is no `z.d`; the names are z."));
/// # Ok::<(), rnn_runtime::Error>(())
/// ```
pub trait Cell: Program<Scalar: Compiled>
where
    Self: Parameters<Cell = Self> + ParametersMut + Clone + Send + Sync + 'static,
{
    /// What the declaration says, for inspection and for the interpreter.
    const GRAPH: &'static CellGraph;

    /// Wraps a flat buffer of the right length.
    #[doc(hidden)]
    fn from_flat(flat: Flat<Self::Scalar>) -> Self;

    /// The flat buffer.
    #[doc(hidden)]
    fn flat(&self) -> &Flat<Self::Scalar>;

    /// The flat buffer.
    #[doc(hidden)]
    fn flat_mut(&mut self) -> &mut Flat<Self::Scalar>;

    /// The tier on which [`Sequence::new`](crate::sequence::Sequence::new) and
    /// [`Stream::new`](crate::stream::Stream::new) run this cell: [`Tier::current`], but AVX2
    /// instead of AVX-512 if the cell computes no vector longer than 32 bytes and neither
    /// [`Tier::force`] nor `RNN_TIER` asked for a tier.
    fn tier() -> Tier {
        Tier::current_for(Self::LAYOUT.longest * size_of::<Self::Scalar>())
    }

    /// What the compiler made of the declaration: products and loops in and out of the loop over
    /// time, bytes kept for the backward pass, multiply-adds a step and what bounds its speed.
    ///
    /// ```
    /// use rnn_runtime::Cell;
    ///
    /// rnn_runtime::cells::Lstm! { pub struct Small { x: 3, h: 4 } }
    ///
    /// println!("{}", Small::explain());
    /// assert!(Small::explain().contains("product [4] -> [16] with i.h, f.h, g.h, o.h"));
    /// ```
    fn explain() -> &'static str {
        Self::GRAPH.explanation
    }

    /// All parameters zero: the start of a gradient.
    fn zeros() -> Self {
        Self::from_flat(Flat::new(vec![Self::Scalar::zero(); Self::GRAPH.param_len()]))
    }

    /// All parameters in the order of [`CellGraph::params`].
    fn as_slice(&self) -> &[Self::Scalar] {
        self.flat().values()
    }

    /// All parameters, to be changed.
    fn as_mut_slice(&mut self) -> &mut [Self::Scalar] {
        self.flat_mut().values_mut()
    }

    /// Parameters drawn from `rng`, each by its initialiser (see [`init`](crate::init)).
    #[cfg(feature = "std")]
    fn init<R: rand::Rng + ?Sized>(rng: &mut R) -> Self {
        let mut cell = Self::zeros();
        cell.slice_mut().init(rng);
        cell
    }

    /// The matrix parameter `name`, `[rows, columns]`: `i.x` is what the gate `i` multiplies `x`
    /// with.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], nearest names first; [`Error::Shape`] when it is no matrix.
    fn matrix(&self, name: &str) -> Result<ArrayView2<'_, Self::Scalar>, Error> {
        self.slice().matrix(name)
    }

    /// The matrix parameter `name`, to be changed.
    ///
    /// # Errors
    /// As [`matrix`](Cell::matrix).
    fn matrix_mut(&mut self, name: &str) -> Result<ArrayViewMut2<'_, Self::Scalar>, Error> {
        let info = Self::GRAPH.param(name)?;
        views::matrix_mut(info, &mut self.as_mut_slice()[info.range()])
    }

    /// The vector parameter `name`: `i.b` is the bias of the gate `i`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], nearest names first; [`Error::Shape`] when it is no vector.
    fn vector(&self, name: &str) -> Result<ArrayView1<'_, Self::Scalar>, Error> {
        self.slice().vector(name)
    }

    /// The vector parameter `name`, to be changed.
    ///
    /// # Errors
    /// As [`vector`](Cell::vector).
    fn vector_mut(&mut self, name: &str) -> Result<ArrayViewMut1<'_, Self::Scalar>, Error> {
        let info = Self::GRAPH.param(name)?;
        views::vector_mut(info, &mut self.as_mut_slice()[info.range()])
    }

    /// The value of the scalar parameter `name`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], nearest names first; [`Error::Shape`] when it is no scalar.
    fn scalar(&self, name: &str) -> Result<Self::Scalar, Error> {
        self.slice().scalar(name)
    }

    /// The scalar parameter `name`, to be changed.
    ///
    /// # Errors
    /// As [`scalar`](Cell::scalar).
    fn scalar_mut(&mut self, name: &str) -> Result<&mut Self::Scalar, Error> {
        let info = Self::GRAPH.param(name)?;
        views::scalar_mut(info, &mut self.as_mut_slice()[info.range()])
    }

    /// Each parameter's description with its values (a matrix row-major), in the order of the flat
    /// buffer.
    fn params(&self) -> impl Iterator<Item = (&'static ParamInfo, &[Self::Scalar])> {
        self.slice().params()
    }

    /// Each parameter's description with its values, to be changed.
    fn params_mut(&mut self) -> impl Iterator<Item = (&'static ParamInfo, &mut [Self::Scalar])> {
        views::each_mut(Self::GRAPH.params, self.as_mut_slice())
    }
}
