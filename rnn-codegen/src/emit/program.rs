//! The stages of a plan as functions, and the `Program` that calls them in order.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::frame::{self, Frame};
use super::lanes::Loop;
use super::names::Names;
use super::size;
use crate::check::cell::Cell;
use crate::runtime::Runtime;
use crate::schedule::{
    ColumnSum, Joint, Lanes, Outer, Place, Plan, Product, Sink, Source, Stage, Start, Unstack,
};

/// Writes all functions of a program.
pub(crate) struct Writer<'w> {
    pub(crate) runtime: &'w Runtime,
    pub(crate) cell: &'w Cell,
    pub(crate) plan: &'w Plan,
    pub(crate) names: &'w Names,
    pub(crate) elem: &'w TokenStream,
}

impl Writer<'_> {
    /// The stage functions in a module of their own, and the methods of `Program` that call them.
    ///
    /// Nothing of what surrounds the declaration is visible in the module: no type called `bool`,
    /// no constant called `at`, no trait with a method called `load`.
    pub(crate) fn functions(&self) -> (TokenStream, TokenStream) {
        let phases = self.plan.phases();
        let (mut stages, mut methods) = (TokenStream::new(), TokenStream::new());
        for (frame, (_, list)) in Frame::ALL.into_iter().zip(phases) {
            let names: Vec<Ident> = (0..list.len())
                .map(|i| format_ident!("{}_{i}", frame.name(), span = Span::mixed_site()))
                .collect();
            for (name, stage) in names.iter().zip(list) {
                stages.extend(self.stage(frame, name, stage));
            }
            methods.extend(self.method(frame, &names));
        }
        if stages.is_empty() {
            return (stages, methods);
        }
        let vectors = phases.iter().any(|(_, list)| list.iter().any(is_lanes));
        let lanes = if vectors {
            quote!(
                use p::Lanes as _;
            )
        } else {
            quote!()
        };
        let runtime = self.runtime;
        let kernels = quote! {
            mod kernels {
                use #runtime::__private as p;
                #lanes

                #stages
            }
        };
        (kernels, methods)
    }

    fn method(&self, frame: Frame, stages: &[Ident]) -> TokenStream {
        let elem = self.elem;
        let (name, ty) = (frame.name(), frame.ty(elem));
        let (generics, pass_on) = if frame.taped() {
            (
                quote!(<S: p::Kernels<#elem>, const TAPE: ::core::primitive::bool>),
                quote!(::<S, { TAPE }>),
            )
        } else {
            (quote!(<S: p::Kernels<#elem>>), quote!())
        };
        let (simd, at) = if stages.is_empty() {
            (quote!(_simd_), quote!(_frame_))
        } else {
            (quote!(simd_), quote!(frame_))
        };
        quote! {
            #[inline(always)]
            fn #name #generics(#simd: S, #at: &mut #ty) {
                #(kernels::#stages #pass_on (simd_, frame_);)*
            }
        }
    }

    fn stage(&self, frame: Frame, name: &Ident, stage: &Stage) -> TokenStream {
        let elem = self.elem;
        let ty = frame.ty(elem);
        let (doc, body) = match stage {
            Stage::Lanes(loops) => (self.describe_lanes(loops), self.rows_of(frame, loops)),
            Stage::Product(product) => (self.describe_product(product), self.product(product)),
            Stage::Outer(outer) => (self.describe_outer(outer), self.outer(outer)),
            Stage::ColumnSum(sum) => (self.describe_sum(sum), self.column_sum(frame, sum)),
            Stage::Unstack(unstack) => {
                let name = unstack.matrix.source.name(self.cell);
                (format!("Gradient of `{name}`."), self.unstack(unstack))
            }
        };
        let doc = format!(" {doc}");
        let tape = if frame.taped() { quote!(, const TAPE: bool) } else { quote!() };
        quote! {
            #[doc = #doc]
            #[inline(always)]
            pub(super) fn #name<S: p::Kernels<#elem> #tape>(simd: S, frame: &mut #ty) {
                #body
            }
        }
    }

    /// Loops over lanes, one behind the other for each row.
    fn rows_of(&self, frame: Frame, loops: &[Lanes]) -> TokenStream {
        let (plan, names) = (self.plan, self.names);
        let double = self.cell.double;
        let mut used = BTreeMap::new();
        let mut row = TokenStream::new();
        for lanes in loops {
            let lanes = Loop { plan, names, lanes, double };
            lanes.buffers(&mut used);
            row.extend(lanes.row());
        }
        let frame::Rows { all, one } = frame::rows(plan, frame, &used);
        if frame.once() {
            return quote!(#all #row);
        }
        quote! {
            #all
            for row in 0..frame.rows {
                #one
                #row
            }
        }
    }

    fn describe_lanes(&self, loops: &[Lanes]) -> String {
        let one = |lanes: &Lanes| {
            let list = lanes.nodes.iter().filter_map(|id| self.plan.graph.names.get(id));
            let mut names: Vec<String> = list.map(|name| format!("`{name}`")).collect();
            if names.is_empty() {
                let stored = lanes.stores.iter().map(|s| format!("`{}`", self.names.text(s.node)));
                names = stored.collect();
            }
            let names =
                if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
            format!("Lanes of length {}{names}.", lanes.shape.len())
        };
        loops.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn describe_product(&self, product: &Product) -> String {
        let parts = &self.plan.packs[product.source.pack].parts;
        let name = |part: &crate::schedule::Part| {
            let name = part.matrix.source.name(self.cell);
            if part.matrix.transposed {
                format!("`{name}` transposed")
            } else {
                format!("`{name}`")
            }
        };
        let names: Vec<String> = parts.iter().map(name).collect();
        format!("Product with {}: {} to {} values.", names.join(", "), product.source.k, product.n)
    }

    fn describe_outer(&self, outer: &Outer) -> String {
        let name = |m: &crate::graph::MatrixRef| format!("`{}`", m.source.name(self.cell));
        let names: Vec<String> = outer.matrices.iter().map(name).collect();
        format!("Gradients of {}, stacked.", names.join(", "))
    }

    fn describe_sum(&self, sum: &ColumnSum) -> String {
        match sum.into {
            Sink::Param(param) => format!("Gradient of `{}`.", self.cell.params[param].name),
            Sink::BackCall(_) => "Adjoint of a value computed once a call.".to_owned(),
            Sink::Sums(_) => "Gradients of vectors.".to_owned(),
        }
    }

    /// `Rows { .. }` over a buffer that is read.
    fn rows(&self, place: Place) -> TokenStream {
        let field = frame::field(place.buf);
        let stride =
            size(if place.buf.is_shared() { 0 } else { self.plan.alloc.stride_of(place.buf) });
        let offset = size(place.offset);
        quote!(p::Rows { data: frame.#field, stride: #stride, offset: #offset })
    }

    fn product(&self, product: &Product) -> TokenStream {
        let own = self.call(product, None, product.start);
        match &product.joint {
            Joint::None => own,
            Joint::Head => quote!(if !frame.joined { #own }),
            Joint::Tail(head, start) => {
                let both = self.call(product, Some(head), *start);
                quote!(if frame.joined { #both } else { #own })
            }
        }
    }

    /// One call of a product, or of its form for one row where that is small.
    fn call(&self, product: &Product, head: Option<&Source>, start: Start) -> TokenStream {
        let sources = head.into_iter().chain([&product.source]).map(|source| {
            let (from, pack) = (self.rows(source.from), size(source.pack));
            quote!(p::Source { from: #from, packed: &frame.packs[#pack] })
        });
        let start = match start {
            Start::Zero => quote!(p::Start::Zero),
            Start::Keep => quote!(p::Start::Keep),
            Start::Row(Place { offset, .. }) => {
                let offset = size(offset);
                quote!(p::Start::Row(&frame.call[#offset..]))
            }
        };
        let (field, offset) = (frame::field(product.into.buf), size(product.into.offset));
        let stride = size(self.plan.alloc.stride_of(product.into.buf));
        let into = quote!(p::RowsMut { data: frame.#field, stride: #stride, offset: #offset });
        let sources = quote!(&[#(#sources),*]);
        let whole = quote!(simd.product(frame.rows, #sources, #into, #start));
        let tail = head.is_none() && matches!(product.joint, Joint::Tail(..));
        if !product.inline || tail {
            return quote!(#whole;);
        }
        let n = size(product.n);
        // Not where the tape is written, which streams do not do: it takes its time to compile.
        quote! {
            if TAPE || frame.rows != 1 || !simd.product_row::<#n>(#sources, #into, #start) {
                #whole;
            }
        }
    }

    fn outer(&self, outer: &Outer) -> TokenStream {
        let operands = outer.operands.iter().map(|(place, len)| {
            let (rows, len) = (self.rows(*place), size(*len));
            quote!(p::Columns { rows: #rows, n: #len })
        });
        let adjoints = self.rows(outer.adjoints);
        let (n, at, stride) = (size(outer.n), size(outer.into.offset), size(outer.stride));
        quote! {
            simd.rank_update(
                frame.rows,
                &[#(#operands),*],
                #adjoints,
                #n,
                &mut frame.sums[#at..],
                #stride,
                frame.scratch,
            );
        }
    }

    fn unstack(&self, unstack: &Unstack) -> TokenStream {
        let Unstack { matrix, from, stride, transposed } = *unstack;
        let (rows, columns) = (size(matrix.rows), size(matrix.columns));
        let (at, width) = super::rectangle(self.cell, matrix);
        let (from, stride) = (size(from.offset), size(stride));
        let (at, width) = (size(at), size(width));
        let name = if transposed { quote!(add_transposed) } else { quote!(add_rows) };
        quote! {
            p::#name([#rows, #columns], &frame.sums[#from..], #stride, &mut frame.grads[#at..], #width);
        }
    }

    fn column_sum(&self, frame: Frame, sum: &ColumnSum) -> TokenStream {
        let (from, len) = (self.rows(sum.from), size(sum.len));
        let rows = if frame.once() { quote!(p::Blocks::one(1)) } else { quote!(frame.rows) };
        let into = match sum.into {
            Sink::Param(param) => {
                let at = size(super::offset(self.cell, param));
                quote!(&mut frame.grads[#at..])
            }
            Sink::BackCall(Place { offset, .. }) => {
                let at = size(offset);
                quote!(&mut frame.back_call[#at..])
            }
            Sink::Sums(Place { offset, .. }) => {
                let at = size(offset);
                quote!(&mut frame.sums[#at..])
            }
        };
        quote!(simd.column_sum(#rows, #from, #len, #into);)
    }
}

fn is_lanes(stage: &Stage) -> bool {
    matches!(stage, Stage::Lanes(_))
}
