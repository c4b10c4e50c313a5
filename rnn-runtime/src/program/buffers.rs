//! The buffers that generated code works on: one table, from which everything that exists once a
//! buffer is made.

use core::ops::Index;

/// Declares [`Buffer`] and [`Buffers`].
macro_rules! buffers {
    ($($(#[doc = $doc:literal])+ $name:ident $field:ident;)+) => {
        /// A buffer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Buffer {
            $($(#[doc = $doc])+ $name,)+
        }

        /// One `T` for each buffer: its row length, its memory, what a stage sees of it.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Buffers<T> {
            $($(#[doc = $doc])+ pub $field: T,)+
        }

        impl<T> Index<Buffer> for Buffers<T> {
            type Output = T;

            fn index(&self, buffer: Buffer) -> &T {
                match buffer {
                    $(Buffer::$name => &self.$field,)+
                }
            }
        }

        impl<T> Buffers<T> {
            /// Something for each buffer, made of two others.
            #[inline(always)]
            pub(crate) fn zip<U, V>(
                self,
                other: Buffers<U>,
                mut f: impl FnMut(T, U) -> V,
            ) -> Buffers<V> {
                Buffers { $($field: f(self.$field, other.$field),)+ }
            }

            #[inline(always)]
            pub(crate) fn as_mut(&mut self) -> Buffers<&mut T> {
                Buffers { $($field: &mut self.$field,)+ }
            }
        }

        impl Buffers<usize> {
            /// Nothing of each.
            pub const ZERO: Self = Buffers { $($field: 0,)+ };
        }

        impl<'a, E> Buffers<&'a [E]> {
            /// No buffer.
            pub(crate) const NONE: Self = Buffers { $($field: &[],)+ };
        }

        impl<'a, E> Buffers<&'a mut [E]> {
            /// No buffer.
            pub(crate) const NONE_MUT: Self = Buffers { $($field: empty(),)+ };
        }
    };
}

buffers! {
    /// Inputs of this step.
    X x;
    /// States before this step.
    Prev prev;
    /// States after this step.
    Next next;
    /// Values kept for the backward pass.
    Tape tape;
    /// The tape one step earlier.
    Past past;
    /// Product results.
    Acc acc;
    /// Other intermediate values.
    Tmp tmp;
    /// Values computed once a call.
    Call call;
    /// The outputs, where the caller wants them.
    Y y;
    /// The output's adjoint.
    Dy dy;
    /// The input's gradient, where the caller wants it.
    Dx dx;
    /// Adjoints of the states after this step.
    Dnext dnext;
    /// Adjoints of the states before this step.
    Dprev dprev;
    /// Product results of the backward pass.
    Dacc dacc;
    /// Other intermediate values of the backward pass.
    Dtmp dtmp;
    /// The same one step earlier.
    Dpast dpast;
    /// Adjoints of the values computed once a call.
    BackCall back_call;
    /// Sums over all rows, from which gradients are taken.
    Sums sums;
    /// Gradients of all parameters, flat.
    Grads grads;
}

/// No memory.
const fn empty<'a, E>() -> &'a mut [E] {
    &mut []
}
