//! What a stage gets: a frame with the buffers that its pass reads, and those that it writes.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::size;
use crate::schedule::{Buf, Plan};

/// The kind of pass that a stage belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PassKind {
    /// Once a call.
    Call,
    /// Forwards over all rows of a chunk.
    Rows,
    /// Forwards, one step.
    Step,
    /// Backwards over all rows of a chunk.
    BackRows,
    /// Backwards, one step.
    BackStep,
    /// Backwards, sums over the rows of some chunks.
    BackSums,
    /// Once a call, backwards.
    BackCall,
}

impl PassKind {
    /// True if there is one row only, the call buffer's.
    pub(crate) fn once(self) -> bool {
        matches!(self, PassKind::Call | PassKind::BackCall)
    }

    /// True if the stages come in two forms, with and without what only the backward passes need.
    pub(crate) fn taped(self) -> bool {
        matches!(self, PassKind::Rows | PassKind::Step)
    }

    /// The buffers that such a pass writes; it can read them, too.
    fn written(self) -> &'static [Buf] {
        match self {
            PassKind::Call => &[Buf::Call],
            PassKind::Rows => &[Buf::Tape, Buf::Acc, Buf::Tmp, Buf::Y],
            PassKind::Step => &[Buf::Next, Buf::Tape, Buf::Acc, Buf::Tmp, Buf::Y],
            PassKind::BackRows => &[Buf::Dacc, Buf::Dtmp, Buf::Dx],
            PassKind::BackStep => &[Buf::Dprev, Buf::Dacc, Buf::Dtmp, Buf::Dx],
            PassKind::BackSums => &[Buf::BackCall, Buf::Sums],
            PassKind::BackCall => &[Buf::BackCall],
        }
    }

    /// The buffer's data in such a frame.
    pub(crate) fn data(self, buf: Buf) -> TokenStream {
        let field = field(buf);
        match self.written().contains(&buf) {
            true => quote!(frame.write.#field),
            false => quote!(frame.read.#field),
        }
    }
}

/// The name of a buffer in the runtime.
pub(crate) fn field(buf: Buf) -> Ident {
    Ident::new(&buf.to_string(), Span::mixed_site())
}

/// Statements that view the buffers a loop uses as rows of known length, and the statements that
/// pick one row.
pub(crate) struct RowBindings {
    pub(crate) all: TokenStream,
    pub(crate) one: TokenStream,
}

/// Binds `x_row`, `acc_row` and so on; `used` says which buffers, and which of them are written.
pub(crate) fn rows(plan: &Plan, kind: PassKind, used: &BTreeMap<Buf, bool>) -> RowBindings {
    let mut rows = RowBindings { all: TokenStream::new(), one: TokenStream::new() };
    for (&buf, &written) in used {
        let (field, data) = (field(buf), kind.data(buf));
        let name = row_name(buf);
        let len = size(plan.alloc.stride_of(buf));
        let shared = buf.is_shared();
        rows.all.extend(match (shared, written) {
            (true, false) => quote!(let #name = p::row::<_, #len>(#data);),
            (true, true) => quote!(let #name = p::row_mut::<_, #len>(#data);),
            (false, false) => quote!(let #field = p::rows::<_, #len>(#data, frame.rows);),
            (false, true) => quote!(let #field = p::rows_mut::<_, #len>(#data, frame.rows);),
        });
        rows.one.extend(match (shared, written) {
            (true, _) => TokenStream::new(),
            (false, false) => quote!(let #name = &#field[row];),
            (false, true) => quote!(let #name = &mut #field[row];),
        });
    }
    debug_assert!(!kind.once() || rows.one.is_empty());
    rows
}

/// The variable that holds one row of a buffer.
pub(crate) fn row_name(buf: Buf) -> Ident {
    format_ident!("{}_row", field(buf).to_string(), span = Span::mixed_site())
}
