//! The frames that generated functions get: which buffers a phase sees, and which of them it may
//! write.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::size;
use crate::schedule::{Buf, Plan};

/// The function a stage belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    Call,
    Before,
    Step,
    After,
    BackBefore,
    BackStep,
    BackAfter,
    BackSums,
    BackCall,
}

impl Frame {
    /// In the order of the plan's phases.
    pub(crate) const ALL: [Frame; 9] = [
        Frame::Call,
        Frame::Before,
        Frame::Step,
        Frame::After,
        Frame::BackBefore,
        Frame::BackStep,
        Frame::BackAfter,
        Frame::BackSums,
        Frame::BackCall,
    ];

    /// Name of the function in the runtime's `Program`.
    pub(crate) fn name(self) -> Ident {
        let name = match self {
            Frame::Call => "call",
            Frame::Before => "before",
            Frame::Step => "step",
            Frame::After => "after",
            Frame::BackBefore => "back_before",
            Frame::BackStep => "back_step",
            Frame::BackAfter => "back_after",
            Frame::BackSums => "back_sums",
            Frame::BackCall => "back_call",
        };
        Ident::new(name, Span::mixed_site())
    }

    /// True if there is one row only, the call buffer's.
    pub(crate) fn once(self) -> bool {
        matches!(self, Frame::Call | Frame::BackCall)
    }

    /// True if the function comes in two forms, with and without what only the backward pass needs.
    pub(crate) fn taped(self) -> bool {
        matches!(self, Frame::Before | Frame::Step | Frame::After)
    }

    /// The frame type, for scalars of type `elem`.
    pub(crate) fn ty(self, elem: &TokenStream) -> TokenStream {
        let name = match self {
            Frame::Call => "CallFrame",
            Frame::Before | Frame::After => "RowsFrame",
            Frame::Step => "StepFrame",
            Frame::BackBefore | Frame::BackAfter => "BackRows",
            Frame::BackStep => "BackStep",
            Frame::BackSums => "BackSums",
            Frame::BackCall => "BackCallFrame",
        };
        let name = Ident::new(name, Span::mixed_site());
        quote!(p::#name<'_, #elem>)
    }
}

/// The frame's field that holds a buffer.
pub(crate) fn field(buf: Buf) -> Ident {
    Ident::new(&buf.to_string(), Span::mixed_site())
}

/// Statements that view the buffers a loop uses as rows of known length, and the statements that
/// pick one row.
pub(crate) struct Rows {
    pub(crate) all: TokenStream,
    pub(crate) one: TokenStream,
}

/// Binds `x_row`, `acc_row` and so on; `used` says which buffers, and which of them are written.
pub(crate) fn rows(plan: &Plan, frame: Frame, used: &BTreeMap<Buf, bool>) -> Rows {
    let mut rows = Rows { all: TokenStream::new(), one: TokenStream::new() };
    for (&buf, &written) in used {
        let field = field(buf);
        let name = row_name(buf);
        let len = size(plan.alloc.stride_of(buf));
        let shared = buf.is_shared();
        rows.all.extend(match (shared, written) {
            (true, false) => quote!(let #name = p::row::<_, #len>(frame.#field);),
            (true, true) => quote!(let #name = p::row_mut::<_, #len>(frame.#field);),
            (false, false) => quote!(let #field = p::rows::<_, #len>(frame.#field, frame.rows);),
            (false, true) => quote!(let #field = p::rows_mut::<_, #len>(frame.#field, frame.rows);),
        });
        rows.one.extend(match (shared, written) {
            (true, _) => TokenStream::new(),
            (false, false) => quote!(let #name = &#field[row];),
            (false, true) => quote!(let #name = &mut #field[row];),
        });
    }
    debug_assert!(!frame.once() || rows.one.is_empty());
    rows
}

/// The variable that holds one row of a buffer.
pub(crate) fn row_name(buf: Buf) -> Ident {
    format_ident!("{}_row", field(buf).to_string(), span = Span::mixed_site())
}
