//! The buffer layout of a plan as a constant.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::lanes::literal;
use super::{frame, size};
use crate::check::cell::Cell;
use crate::schedule::{Buf, Copied, Pack, Place, Plan, Stage};

/// The value of `Program::LAYOUT`.
pub(crate) fn layout(cell: &Cell, plan: &Plan) -> TokenStream {
    let lens = Buf::ALL.iter().map(|&buf| (buf, plan.alloc.stride_of(buf)));
    let rows = lens.filter(|&(_, len)| len > 0).map(|(buf, len)| {
        let (field, len) = (frame::field(buf), size(len));
        quote!(#field: #len)
    });
    let (longest, acc_in_step) = (size(longest(cell, plan)), plan.acc_in_step);
    let inputs = plan.inputs.iter().map(|p| size(p.offset));
    let states = plan.states.iter().map(|at| size(*at));
    let output = place(plan.output);
    let pasts = plan.pasts.iter().map(|p| optional(*p));
    let input_gradients = plan.input_gradients.iter().map(|p| optional(*p));
    let copies = plan.copies.iter().map(|&Copied { param, factor, place, .. }| {
        let (from, to) = (size(super::offset(cell, param)), size(place.offset));
        let len = size(cell.params[param].shape.len());
        let factor = literal(factor.0, true);
        quote!((#from, #to, #len, #factor))
    });
    let forward = |index| index < plan.forward_packs;
    let packs = plan.packs.iter().enumerate().map(|(i, p)| pack(cell, p, p.waits && forward(i)));
    let forward_packs = size(plan.forward_packs);
    quote! {
        p::Layout {
            rows: p::Buffers { #(#rows,)* ..p::Buffers::ZERO },
            longest: #longest,
            acc_in_step: #acc_in_step,
            inputs: &[#(#inputs),*],
            states: &[#(#states),*],
            pasts: &[#(#pasts),*],
            output: #output,
            input_gradients: &[#(#input_gradients),*],
            copies: &[#(#copies),*],
            packs: &[#(#packs),*],
            forward_packs: #forward_packs,
        }
    }
}

fn optional(at: Option<Place>) -> TokenStream {
    match at {
        Some(at) => {
            let at = place(at);
            quote!(::core::option::Option::Some(#at))
        }
        None => quote!(::core::option::Option::None),
    }
}

/// Length of the longest vector that is computed: by a loop over lanes, or by products alone.
fn longest(cell: &Cell, plan: &Plan) -> usize {
    let sweeps = [&plan.forward, &plan.backward];
    let stages = sweeps.into_iter().flat_map(|sweep| sweep.stages());
    let lanes = stages.filter_map(|stage| match stage {
        Stage::Lanes(loops) => loops.iter().map(|lanes| lanes.shape.len()).max(),
        _ => None,
    });
    let states = cell.states.iter().map(|state| state.len);
    lanes.chain(states).fold(cell.output.shape.len(), usize::max)
}

fn place(place: Place) -> TokenStream {
    debug_assert!(place.buf.has_results(), "bug in rnn-codegen: a result at {place}");
    let name = format!("{:?}", place.buf);
    let (name, offset) = (Ident::new(&name, Span::mixed_site()), size(place.offset));
    quote!(p::Place { buffer: p::Buffer::#name, offset: #offset })
}

fn pack(cell: &Cell, pack: &Pack, waits: bool) -> TokenStream {
    let (k, n) = (size(pack.k), size(pack.n));
    let parts = pack.parts.iter().map(|part| {
        let matrix = part.matrix;
        let (from, stride) = super::rectangle(cell, matrix);
        let (from, stride) = (size(from), size(stride));
        let (k_at, n_at, transposed) = (size(part.k_at), size(part.n_at), matrix.transposed);
        let (n, k) =
            if transposed { (matrix.columns, matrix.rows) } else { (matrix.rows, matrix.columns) };
        let (n, k, factor) = (size(n), size(k), literal(matrix.factor.value(), true));
        quote! {
            p::PackPart {
                from: #from, stride: #stride, k_at: #k_at, n_at: #n_at, k: #k, n: #n,
                transposed: #transposed, factor: #factor,
            }
        }
    });
    quote!(p::PackPlan { k: #k, n: #n, waits: #waits, parts: &[#(#parts),*] })
}
