//! The stages of a plan as functions, and the `Program` that calls them in order.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::frame::{self, PassKind, RowBindings};
use super::lanes::Loop;
use super::names::Names;
use super::size;
use crate::check::cell::Cell;
use crate::runtime::Runtime;
use crate::schedule::{
    ColumnSum, Joint, Lanes, Outer, Over, Pass, Place, Plan, Product, Scatter, Sink, Source, Stage,
    Start,
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
        let plan = self.plan;
        let mut stages = TokenStream::new();
        let mut methods = self.once("call", PassKind::Call, &plan.call.stages, &mut stages);
        let (forward, backward) = (&plan.forward.passes, &plan.backward.passes);
        let kinds = [PassKind::Rows, PassKind::Step];
        methods.extend(self.passes("forward", kinds, forward, &mut stages));
        let kinds = [PassKind::BackRows, PassKind::BackStep];
        methods.extend(self.passes("backward", kinds, backward, &mut stages));
        methods.extend(self.once("back_sums", PassKind::BackSums, &plan.sums, &mut stages));
        methods.extend(self.once(
            "back_call",
            PassKind::BackCall,
            &plan.back_call.stages,
            &mut stages,
        ));
        if stages.is_empty() {
            return (stages, methods);
        }
        let over_time = plan.forward.stages().chain(plan.backward.stages());
        let once = plan.call.stages.iter().chain(&plan.back_call.stages);
        let vectors = over_time.chain(once).any(is_lanes);
        let lanes = if vectors {
            quote!(
                use p::Lanes as _;
            )
        } else {
            quote!()
        };
        let generated = self.runtime.generated();
        let kernels = quote! {
            mod kernels {
                use #generated as p;
                #lanes

                #stages
            }
        };
        (kernels, methods)
    }

    /// The functions of some stages, added to `functions`, and the calls of them in order.
    fn calls(
        &self,
        prefix: &str,
        kind: PassKind,
        list: &[Stage],
        functions: &mut TokenStream,
    ) -> TokenStream {
        let pass_on = if kind.taped() { quote!(::<S, { TAPE }, { ONE }>) } else { quote!() };
        let mut calls = TokenStream::new();
        for (i, stage) in list.iter().enumerate() {
            let name = format_ident!("{prefix}_{i}", span = Span::mixed_site());
            functions.extend(self.stage(kind, &name, stage));
            let call = quote!(kernels::#name #pass_on (simd_, frame_));
            // Where nothing goes on after a step without its weights, they can stay in registers.
            let ends = is_inline(stage);
            calls.extend(if ends { quote!(if !#call { return; }) } else { quote!(#call;) });
        }
        calls
    }

    /// The method `name` with stages that are no pass over time.
    fn once(
        &self,
        name: &str,
        kind: PassKind,
        list: &[Stage],
        functions: &mut TokenStream,
    ) -> TokenStream {
        let elem = self.elem;
        let calls = self.calls(name, kind, list, functions);
        let name = Ident::new(name, Span::mixed_site());
        let [simd, at] = arguments(["simd_", "frame_"], !list.is_empty());
        quote! {
            #[inline(always)]
            fn #name<S: p::Kernels<#elem>>(#simd: S, #at: &mut p::Frame<'_, #elem>) {
                #calls
            }
        }
    }

    /// The method `name` with the stages of the passes in order; the kinds are those of passes over
    /// rows and over steps.
    fn passes(
        &self,
        name: &str,
        [rows, steps]: [PassKind; 2],
        passes: &[Pass],
        functions: &mut TokenStream,
    ) -> TokenStream {
        let elem = self.elem;
        let mut body = TokenStream::new();
        for (index, pass) in passes.iter().enumerate() {
            let kind = if pass.over == Over::Steps { steps } else { rows };
            let calls = self.calls(&format!("{name}_{index}"), kind, &pass.stages, functions);
            body.extend(match pass.over {
                Over::Steps => quote! {
                    for step_ in 0..p::Frames::steps(frames_) {
                        let frame_ = &mut p::Frames::step(frames_, step_);
                        #calls
                    }
                },
                Over::Rows => quote! {
                    let frame_ = &mut p::Frames::rows(frames_);
                    #calls
                },
            });
        }
        let bool = quote!(::core::primitive::bool);
        let tape =
            if rows.taped() { quote!(const TAPE: #bool, const ONE: #bool,) } else { quote!() };
        let name = Ident::new(name, Span::mixed_site());
        let [simd, frames] = arguments(["simd_", "frames_"], !body.is_empty());
        quote! {
            #[inline(always)]
            fn #name<S: p::Kernels<#elem>, #tape F: p::Frames<#elem>>(#simd: S, #frames: &mut F) {
                #body
            }
        }
    }

    fn stage(&self, kind: PassKind, name: &Ident, stage: &Stage) -> TokenStream {
        let elem = self.elem;
        let (doc, body) = match stage {
            Stage::Lanes(loops) => (self.describe_lanes(loops), self.rows_of(kind, loops)),
            Stage::Product(product) => {
                (self.describe_product(product), self.product(kind, product))
            }
            Stage::Outer(outer) => (self.describe_outer(outer), self.outer(kind, outer)),
            Stage::ColumnSum(sum) => (self.describe_sum(sum), self.column_sum(kind, sum)),
            Stage::Scatter(scatter) => {
                let name = scatter.matrix.source.name(self.cell);
                (format!("Gradient of `{name}`."), self.scatter(scatter))
            }
        };
        let doc = format!(" {doc}");
        let result = if is_inline(stage) { quote!(-> ::core::primitive::bool) } else { quote!() };
        let tape =
            if kind.taped() { quote!(, const TAPE: bool, const ONE: bool) } else { quote!() };
        quote! {
            #[doc = #doc]
            #[inline(always)]
            pub(super) fn #name<S: p::Kernels<#elem> #tape>(
                simd: S,
                frame: &mut p::Frame<'_, #elem>,
            ) #result {
                #body
            }
        }
    }

    /// Loops over lanes, one after the other for each row.
    fn rows_of(&self, kind: PassKind, loops: &[Lanes]) -> TokenStream {
        let (plan, names) = (self.plan, self.names);
        let double = self.cell.double;
        let one = kind.taped() && loops.len() == 1;
        let mut used = BTreeMap::new();
        let mut row = TokenStream::new();
        for lanes in loops {
            let lanes = Loop { plan, names, lanes, double, one };
            lanes.buffers(&mut used);
            row.extend(lanes.row());
        }
        let RowBindings { all, one } = frame::rows(plan, kind, &used);
        if kind.once() {
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
    fn rows(&self, kind: PassKind, place: Place) -> TokenStream {
        let data = kind.data(place.buf);
        let shared = place.buf.is_shared();
        let stride = size(if shared { 0 } else { self.plan.alloc.stride_of(place.buf) });
        let offset = size(place.offset);
        quote!(p::Rows { data: #data, stride: #stride, offset: #offset })
    }

    fn product(&self, kind: PassKind, product: &Product) -> TokenStream {
        let own = self.call(kind, product, None, product.start);
        let calls = match &product.joint {
            Joint::None => own,
            Joint::Head => quote!(if !frame.joined { #own }),
            Joint::Tail(head, start) => {
                let both = self.call(kind, product, Some(head), *start);
                quote!(if frame.joined { #both } else { #own })
            }
        };
        if product.inline { quote!(#calls true) } else { calls }
    }

    /// One call of a product, or of its form for one row where that is small.
    fn call(
        &self,
        kind: PassKind,
        product: &Product,
        head: Option<&Source>,
        start: Start,
    ) -> TokenStream {
        let sources = head.into_iter().chain([&product.source]).map(|source| {
            let (from, pack) = (self.rows(kind, source.from), size(source.pack));
            quote!(p::Source { from: #from, packed: &frame.packs[#pack] })
        });
        let start = match start {
            Start::Zero => quote!(p::Start::Zero),
            Start::Keep => quote!(p::Start::Keep),
            Start::Row(Place { offset, .. }) => {
                let offset = size(offset);
                quote!(p::Start::Row(&frame.read.call[#offset..]))
            }
        };
        let (data, offset) = (kind.data(product.into.buf), size(product.into.offset));
        let stride = size(self.plan.alloc.stride_of(product.into.buf));
        let into = quote!(p::RowsMut { data: #data, stride: #stride, offset: #offset });
        let sources = quote!(&[#(#sources),*]);
        let whole = quote!(simd.product(frame.rows, #sources, #into, #start));
        let tail = head.is_none() && matches!(product.joint, Joint::Tail(..));
        if !product.inline || tail {
            return quote!(#whole;);
        }
        let n = size(product.n);
        let lens = head.into_iter().chain([&product.source]).map(|source| source.k);
        let lens = lens.chain([0]).take(2).map(size);
        let waits = self.plan.packs[product.source.pack].waits;
        // Not where the tape is written, which streams do not do: it takes its time to compile.
        quote! {
            if const { !TAPE && #n <= S::ROW_RESULTS[ONE as usize] } && (ONE || frame.rows == 1) {
                return simd.product_row::<#n, #(#lens,)* #waits>(#sources, #into, #start);
            }
            #whole;
        }
    }

    fn outer(&self, kind: PassKind, outer: &Outer) -> TokenStream {
        let operands = outer.operands.iter().map(|(place, len)| {
            let (rows, len) = (self.rows(kind, *place), size(*len));
            quote!(p::Columns { rows: #rows, n: #len })
        });
        let adjoints = self.rows(kind, outer.adjoints);
        let (n, at, stride) = (size(outer.n), size(outer.into.offset), size(outer.stride));
        quote! {
            simd.rank_update(
                frame.blocks,
                &[#(#operands),*],
                #adjoints,
                #n,
                &mut frame.write.sums[#at..],
                #stride,
                p::scratch(&mut frame.scratch),
            );
        }
    }

    fn scatter(&self, scatter: &Scatter) -> TokenStream {
        let Scatter { matrix, from, stride, transposed } = *scatter;
        let (rows, columns) = (size(matrix.rows), size(matrix.columns));
        let (at, width) = super::rectangle(self.cell, matrix);
        let (from, stride) = (size(from.offset), size(stride));
        let (at, width) = (size(at), size(width));
        let name = if transposed { quote!(add_transposed) } else { quote!(add_rows) };
        quote! {
            p::#name(
                [#rows, #columns], &frame.read.sums[#from..], #stride,
                &mut frame.write.grads[#at..], #width,
            );
        }
    }

    fn column_sum(&self, kind: PassKind, sum: &ColumnSum) -> TokenStream {
        let (from, len) = (self.rows(kind, sum.from), size(sum.len));
        let into = match sum.into {
            Sink::Param(param) => {
                let at = size(super::offset(self.cell, param));
                quote!(&mut frame.write.grads[#at..])
            }
            Sink::BackCall(Place { offset, .. }) => {
                let at = size(offset);
                quote!(&mut frame.write.back_call[#at..])
            }
            Sink::Sums(Place { offset, .. }) => {
                let at = size(offset);
                quote!(&mut frame.write.sums[#at..])
            }
        };
        quote!(simd.column_sum(frame.blocks, #from, #len, #into);)
    }
}

/// The names of a method's arguments, with `_` in front where nothing uses them.
fn arguments(names: [&str; 2], used: bool) -> [Ident; 2] {
    let mark = if used { "" } else { "_" };
    names.map(|name| format_ident!("{mark}{name}"))
}

/// A product with a form for one row, which returns false if it was not taken.
fn is_inline(stage: &Stage) -> bool {
    matches!(stage, Stage::Product(product) if product.inline)
}

fn is_lanes(stage: &Stage) -> bool {
    matches!(stage, Stage::Lanes(_))
}
