//! Parameters that lie in memory of someone else's: in a larger vector, in a file, in a constant.

use alloc::{boxed::Box, rc::Rc, sync::Arc};
use core::fmt;

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2};

use super::flat::Version;
#[cfg(feature = "std")]
use crate::compiled::Compiled as _;
use crate::declaration::graph::ParamInfo;
use crate::declaration::views;
use crate::error::Error;
use crate::kernels::element::Element;
use crate::params::Cell;

/// What a run reads its parameters from: a cell, or a [`ParamSlice`] of memory that someone else
/// owns, or a reference or pointer to either.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of parameters of a cell",
    label = "give a cell, or a `ParamSlice` of its parameters"
)]
pub trait Parameters {
    /// The cell that these are the parameters of.
    type Cell: Cell;

    /// The values.
    fn slice(&self) -> ParamSlice<'_, Self::Cell>;
}

/// What gradients of the parameters are written to: a cell, or a [`ParamSliceMut`].
pub trait ParametersMut: Parameters {
    /// The values, to be changed.
    fn slice_mut(&mut self) -> ParamSliceMut<'_, Self::Cell>;
}

/// The parameters of the cell `C` in a slice that someone else owns, in the order of
/// [`CellGraph::params`](crate::graph::CellGraph::params): part of the vector of a whole model, a
/// constant, a file in memory.
///
/// [`Sequence`](crate::sequence::Sequence) and [`Stream`](crate::stream::Stream) take one wherever
/// they take a cell. What they compute from the parameters once, packed matrices above all, they
/// compute anew in every run of a slice of which nothing else is known, so that a changed slice
/// never runs on old values; for a [constant](ParamSlice::constant) once, and for a
/// [versioned](ParamSlice::versioned) slice once a version.
///
/// ```
/// use ndarray::Array3;
/// use rnn_runtime::params::{ParamSlice, ParamSliceMut};
/// use rnn_runtime::prelude::*;
///
/// rnn_runtime::cells::Gru! { pub struct Small { x: 3, h: 4 } }
///
/// const LEN: usize = Small::GRAPH.param_len();
/// let mut model = vec![0.1_f32; 10 + LEN + 20]; // other parts of a model around the cell
/// let x = Array3::ones((7, 2, 3));
/// let mut sequence = Sequence::new();
/// let cell = ParamSlice::<Small>::new(&model[10..][..LEN])?;
/// assert_eq!(cell.matrix("r.x")?.dim(), (4, 3));
/// let y = sequence.record(&cell, &[x.view()], &[])?;
/// let mut gradients = vec![0.0; model.len()];
/// let mut gradient = ParamSliceMut::new(&mut gradients[10..][..LEN])?;
/// sequence.backward(&cell, &OutputGradients::outputs(y.view()), &mut gradient)?;
/// model.iter_mut().zip(&gradients).for_each(|(value, gradient)| *value -= 0.1 * gradient);
/// # Ok::<(), rnn_runtime::Error>(())
/// ```
pub struct ParamSlice<'a, C: Cell> {
    values: &'a [C::Scalar],
    version: Option<Version>,
}

/// The parameters of the cell `C`, or their gradient, in a slice that someone else owns, to be
/// changed.
pub struct ParamSliceMut<'a, C: Cell> {
    values: &'a mut [C::Scalar],
}

impl<'a, C: Cell> ParamSlice<'a, C> {
    /// Parameters of which nothing is known: they are packed for every run.
    ///
    /// # Errors
    /// [`Error::Shape`] when `values` has not as many values as the cell has parameters.
    pub fn new(values: &'a [C::Scalar]) -> Result<Self, Error> {
        check::<C>(values.len())?;
        Ok(Self::of(values, None))
    }

    /// Parameters that are packed when their version, or their place in memory, is another one than
    /// in the run before. It is for the caller to give values at one place another version whenever
    /// they have changed; a run on a version that it knows uses what it packed then. A slice that
    /// is freed may give its place to another one: versions that begin anew with each slice do not
    /// tell them apart, a counter over all slices does. The gradient of a recorded run whose values
    /// have changed under one version is that of neither.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn versioned(values: &'a [C::Scalar], version: u64) -> Result<Self, Error> {
        check::<C>(values.len())?;
        let address = values.as_ptr().addr();
        Ok(Self::of(values, Some(Version::Told { address, version })))
    }

    /// Parameters that never change, as those in a `static`: they are packed once.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn constant(values: &'static [C::Scalar]) -> Result<Self, Error> {
        check::<C>(values.len())?;
        Ok(Self::of(values, Some(Version::Constant { address: values.as_ptr().addr() })))
    }

    /// Of the right length.
    pub(super) fn of(values: &'a [C::Scalar], version: Option<Version>) -> Self {
        ParamSlice { values, version }
    }

    pub(crate) fn version(&self) -> Option<Version> {
        self.version
    }

    /// All parameters in the order of [`CellGraph::params`](crate::graph::CellGraph::params).
    pub fn as_slice(&self) -> &'a [C::Scalar] {
        self.values
    }

    /// A copy that owns its values.
    pub fn to_cell(&self) -> C {
        C::from_flat(super::Flat::new(self.values.to_vec()))
    }

    /// The matrix parameter `name`, `[rows, columns]`.
    ///
    /// # Errors
    /// As [`Cell::matrix`].
    pub fn matrix(&self, name: &str) -> Result<ArrayView2<'a, C::Scalar>, Error> {
        let info = C::GRAPH.param(name)?;
        views::matrix(info, &self.values[info.range()])
    }

    /// The vector parameter `name`.
    ///
    /// # Errors
    /// As [`Cell::vector`].
    pub fn vector(&self, name: &str) -> Result<ArrayView1<'a, C::Scalar>, Error> {
        let info = C::GRAPH.param(name)?;
        views::vector(info, &self.values[info.range()])
    }

    /// The value of the scalar parameter `name`.
    ///
    /// # Errors
    /// As [`Cell::scalar`].
    pub fn scalar(&self, name: &str) -> Result<C::Scalar, Error> {
        let info = C::GRAPH.param(name)?;
        views::scalar(info, &self.values[info.range()]).copied()
    }

    /// Each parameter's description with its values (a matrix row-major), in the order of the
    /// slice.
    pub fn params(
        &self,
    ) -> impl Iterator<Item = (&'static ParamInfo, &'a [C::Scalar])> + use<'a, C> {
        views::each(C::GRAPH.params, self.values)
    }

    /// A number that is another one if the values have other bits, but for a chance in the order of
    /// 2^-64: each value is mixed in by a product whose halves are folded (Wang, wyhash, 2019).
    pub(crate) fn digest(&self) -> u64 {
        // An odd number without pattern: pi to 62 bits after the point.
        const FACTOR: u64 = 0x243f_6a88_85a3_08d3;
        self.values.iter().fold(FACTOR, |digest, value| {
            let mixed = (digest ^ value.as_f64().to_bits()).wrapping_add(FACTOR);
            let product = u128::from(mixed) * u128::from(FACTOR);
            (product as u64) ^ (product >> 64) as u64
        })
    }
}

impl<'a, C: Cell> ParamSliceMut<'a, C> {
    /// Parameters, or their gradient, to be changed.
    ///
    /// # Errors
    /// [`Error::Shape`] when `values` has not as many values as the cell has parameters.
    pub fn new(values: &'a mut [C::Scalar]) -> Result<Self, Error> {
        check::<C>(values.len())?;
        Ok(Self::of(values))
    }

    /// Of the right length.
    pub(super) fn of(values: &'a mut [C::Scalar]) -> Self {
        ParamSliceMut { values }
    }

    /// All parameters, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [C::Scalar] {
        self.values
    }

    /// All parameters in the order of [`CellGraph::params`](crate::graph::CellGraph::params).
    pub fn as_slice(&self) -> &[C::Scalar] {
        self.values
    }

    /// The matrix parameter `name`, to be changed.
    ///
    /// # Errors
    /// As [`Cell::matrix`].
    pub fn matrix_mut(&mut self, name: &str) -> Result<ArrayViewMut2<'_, C::Scalar>, Error> {
        let info = C::GRAPH.param(name)?;
        views::matrix_mut(info, &mut self.values[info.range()])
    }

    /// The vector parameter `name`, to be changed.
    ///
    /// # Errors
    /// As [`Cell::vector`].
    pub fn vector_mut(&mut self, name: &str) -> Result<ArrayViewMut1<'_, C::Scalar>, Error> {
        let info = C::GRAPH.param(name)?;
        views::vector_mut(info, &mut self.values[info.range()])
    }

    /// The scalar parameter `name`, to be changed.
    ///
    /// # Errors
    /// As [`Cell::scalar`].
    pub fn scalar_mut(&mut self, name: &str) -> Result<&mut C::Scalar, Error> {
        let info = C::GRAPH.param(name)?;
        views::scalar_mut(info, &mut self.values[info.range()])
    }

    /// Each parameter's description with its values, to be changed.
    pub fn params_mut(&mut self) -> impl Iterator<Item = (&'static ParamInfo, &mut [C::Scalar])> {
        views::each_mut(C::GRAPH.params, self.values)
    }

    /// Draws all parameters from `rng`, each by its initialiser (see [`init`](crate::init)): the
    /// same values as [`Cell::init`].
    #[cfg(feature = "std")]
    pub fn init<R: rand::Rng + ?Sized>(&mut self, rng: &mut R) {
        C::Scalar::init(C::GRAPH.params, self.values, &mut { rng });
    }
}

/// That there are as many values as parameters.
fn check<C: Cell>(found: usize) -> Result<(), Error> {
    let expected = C::GRAPH.param_len();
    if expected == found {
        return Ok(());
    }
    let what = format_args!("the slice of the parameters of `{}`", C::GRAPH.name);
    Err(Error::shape(what, &[Some(expected)], &[found]))
}

impl<C: Cell> Clone for ParamSlice<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Cell> Copy for ParamSlice<'_, C> {}

impl<C: Cell> fmt::Debug for ParamSlice<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ParamSlice").field(&self.values).finish()
    }
}

impl<C: Cell> fmt::Debug for ParamSliceMut<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ParamSliceMut").field(&self.values).finish()
    }
}

impl<C: Cell> Parameters for ParamSlice<'_, C> {
    type Cell = C;

    fn slice(&self) -> ParamSlice<'_, C> {
        *self
    }
}

impl<C: Cell> Parameters for ParamSliceMut<'_, C> {
    type Cell = C;

    fn slice(&self) -> ParamSlice<'_, C> {
        ParamSlice::of(self.values, None)
    }
}

impl<C: Cell> ParametersMut for ParamSliceMut<'_, C> {
    fn slice_mut(&mut self) -> ParamSliceMut<'_, C> {
        ParamSliceMut::of(self.values)
    }
}

/// What points to parameters is a set of parameters.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<P: Parameters + ?Sized> Parameters for $pointer {
            type Cell = P::Cell;

            fn slice(&self) -> ParamSlice<'_, P::Cell> {
                (**self).slice()
            }
        }
    )*};
}

pointers!(&P, &mut P, Box<P>, Rc<P>, Arc<P>);

impl<P: ParametersMut + ?Sized> ParametersMut for &mut P {
    fn slice_mut(&mut self) -> ParamSliceMut<'_, P::Cell> {
        (**self).slice_mut()
    }
}

impl<P: ParametersMut + ?Sized> ParametersMut for Box<P> {
    fn slice_mut(&mut self) -> ParamSliceMut<'_, P::Cell> {
        (**self).slice_mut()
    }
}
