//! A loop over lanes.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, Punct, Spacing, Span, TokenStream};
use quote::{format_ident, quote};

use super::blocks::{self, Statement};
use super::frame;
use super::names::Names;
use super::power::power;
use super::{scalar, size};
use crate::functions::Form;
use crate::graph::{Map, Node, NodeId, Op, Zip};
use crate::ops::Shape;
use crate::schedule::{Buf, Lanes, Place, Plan, Store};

/// Spells out one loop. `names` are those of the plan's graph.
pub(crate) struct Loop<'l> {
    pub(crate) plan: &'l Plan,
    pub(crate) names: &'l Names,
    pub(crate) lanes: &'l Lanes,
    pub(crate) double: bool,
    /// Whether it may run for one row alone, by `ONE`, and shares no register with other loops.
    pub(crate) one: bool,
}

impl Loop<'_> {
    /// Notes which buffers the loop uses, and which of them it writes.
    pub(crate) fn buffers(&self, used: &mut BTreeMap<Buf, bool>) {
        for place in self.lanes.reads() {
            used.entry(place.buf).or_default();
        }
        for place in self.lanes.writes() {
            used.insert(place.buf, true);
        }
    }

    fn node(&self, id: NodeId) -> &Node {
        self.plan.graph.node(id)
    }

    fn is_reduction(&self, id: NodeId) -> bool {
        self.node(id).op.is_reduction()
    }

    /// The loop for one row, after those whose scalars it finds in registers.
    pub(crate) fn row(&self) -> TokenStream {
        let mut once = Vec::new();
        let mut loads = TokenStream::new();
        for load in &self.lanes.loads {
            let name = self.names.ident(load.node);
            // Memory that was written as a number is slow to read as a vector.
            let scalar = self.node(load.node).shape.len() == 1;
            match load.from {
                None => once.extend(self.number(load.node).map(|n| Statement::leaf(name, n))),
                Some(Place { buf, offset }) if scalar => {
                    let (row, offset) = (frame::row_name(buf), size(offset));
                    once.push(Statement::leaf(name, quote!(simd.splat(#row[#offset]))));
                }
                Some(Place { buf, offset }) => {
                    let (row, at) = (frame::row_name(buf), self.at(offset));
                    loads.extend(quote!(let #name = simd.load(#row, #at);));
                    if load.prefetch {
                        loads.extend(quote!(simd.will_use(#row, #at);));
                    }
                }
            }
        }
        let once = blocks::write(&once, |_| true);
        let (begin, end) = self.reductions();
        let body = self.operations();
        let stores: TokenStream = self.lane_stores().map(|s| self.store(s)).collect();
        let len = size(self.lanes.shape.len());
        if self.lanes.shape == Shape::Scalar {
            return quote!(#once #begin #body #stores #end);
        }
        let all = quote! {
            #once
            #begin
            let mut at = 0;
            while at < #len {
                #loads
                #body
                #stores
                at += p::lanes_of(simd);
            }
            #end
        };
        if !self.widens() {
            return all;
        }
        quote! {
            if ONE {
                use p::simd::Simd as _;
                let simd = p::wide(simd);
                #all
            } else {
                #all
            }
        }
    }

    /// Whether the loop takes wider vectors where there is one row alone: if these come out even on
    /// each tier, and if it adds up nothing, for sums would have another order.
    fn widens(&self) -> bool {
        self.one
            && self.lanes.shape.len().is_multiple_of(self.plan.alloc.pad)
            && !self.lanes.nodes.iter().any(|&id| self.is_reduction(id))
    }

    fn at(&self, offset: usize) -> TokenStream {
        let first = size(offset);
        match (self.lanes.shape, offset) {
            (Shape::Scalar, _) => quote!(#first),
            (_, 0) => quote!(at),
            (_, _) => quote!(at + #first),
        }
    }

    /// How many values of the vector there are from this lane on.
    fn rest(&self) -> TokenStream {
        let len = size(self.lanes.shape.len());
        if self.lanes.shape == Shape::Scalar { quote!(#len) } else { quote!(#len - at) }
    }

    fn number(&self, id: NodeId) -> Option<TokenStream> {
        let Op::Const(number) = self.node(id).op else { return None };
        let value = literal(number.0, self.double);
        Some(quote!(simd.splat(#value)))
    }

    fn operations(&self) -> TokenStream {
        let fused = &self.lanes.contracted;
        let mut body = Vec::new();
        for &id in self.lanes.nodes.iter().filter(|id| !fused.contains(id)) {
            let name = self.names.ident(id);
            let node = self.node(id);
            let args: Vec<Ident> = node.args.iter().map(|&a| self.names.ident(a)).collect();
            let value = match node.op {
                Op::Map(map) => unary(map, &args[0], self.double),
                Op::Zip(zip) => match node.args.iter().rposition(|a| fused.contains(a)) {
                    Some(at) => self.fuse(zip, node, at),
                    None => self.binary(zip, node, &args),
                },
                Op::Select => {
                    let [a, b, yes, no] = &args[..] else {
                        unreachable!("bug in rnn-codegen: a selection has four operands")
                    };
                    quote!(#a.select_less(#b, #yes, #no))
                }
                Op::Sum | Op::Residue | Op::Largest => {
                    let value = self.reduce(id, &args[0]);
                    body.push(Statement { name: None, reads: args, value });
                    continue;
                }
                _ => unreachable!("bug in rnn-codegen: no lane operation: {node:?}"),
            };
            let products = node.args.iter().filter(|a| fused.contains(a));
            let factors = products.flat_map(|&a| &self.node(a).args);
            let reads = args.into_iter().chain(factors.map(|&a| self.names.ident(a))).collect();
            body.push(Statement { name: Some(name), reads, value });
        }
        let stored: Vec<Ident> =
            self.lane_stores().map(|store| self.names.ident(store.node)).collect();
        // Numbers may be read by the loops after this one.
        let number = self.lanes.shape == Shape::Scalar;
        blocks::write(&body, |name| number || stored.contains(name))
    }

    /// `a * b + c` and its relatives; `at` is the operand that is the product.
    fn fuse(&self, zip: Zip, node: &Node, at: usize) -> TokenStream {
        let product = &self.node(node.args[at]).args;
        let (a, b) = (self.names.ident(product[0]), self.names.ident(product[1]));
        let c = self.names.ident(node.args[1 - at]);
        match (zip, at) {
            (Zip::Sub, 1) => quote!(#a.neg_mul_add(#b, #c)),
            (Zip::Sub, _) => quote!(#a.mul_add(#b, -#c)),
            (_, _) => quote!(#a.mul_add(#b, #c)),
        }
    }

    fn binary(&self, zip: Zip, node: &Node, args: &[Ident]) -> TokenStream {
        let (a, b) = (&args[0], &args[1]);
        let number = |id: NodeId| matches!(self.node(id).op, Op::Const(_));
        let facts = zip.facts();
        let Form::Method { name, with_number } = facts.form else {
            let sign = facts.name.chars().map(|sign| Punct::new(sign, Spacing::Alone));
            return quote!(#a #(#sign)* #b);
        };
        let method = |name: &str| format_ident!("{name}");
        match with_number.map(method) {
            // A NaN in the first operand comes through: a number is none.
            Some(method) if number(node.args[1]) => quote!(#a.#method(#b)),
            Some(method) if number(node.args[0]) => quote!(#b.#method(#a)),
            _ => {
                let method = method(name);
                quote!(#a.#method(#b))
            }
        }
    }

    /// Accumulators before the lane loop, and what is done with them after it.
    fn reductions(&self) -> (TokenStream, TokenStream) {
        let (mut begin, mut end) = (TokenStream::new(), TokenStream::new());
        for &id in self.lanes.nodes.iter().filter(|id| self.is_reduction(**id)) {
            let (name, total) = (self.names.ident(id), self.total(id));
            let largest = matches!(self.node(id).op, Op::Largest);
            let fill = fill(largest, self.double);
            begin.extend(quote!(let mut #total = simd.splat(#fill);));
            let method = if largest { quote!(largest) } else { quote!(sum) };
            end.extend(quote!(let #name = simd.splat(#total.#method());));
        }
        for store in
            self.lanes.stores.iter().filter(|s| self.lanes.reduces(&self.plan.graph, s.node))
        {
            let Place { buf, offset } = store.place;
            let (name, row) = (self.names.ident(store.node), frame::row_name(buf));
            let offset = size(offset);
            let write = if store.masked {
                quote!(#name.store_number(#row, #offset);)
            } else {
                quote!(#name.store(#row, #offset);)
            };
            end.extend(if store.tape { quote!(if TAPE { #write }) } else { write });
        }
        (begin, end)
    }

    fn lane_stores(&self) -> impl Iterator<Item = &Store> {
        self.lanes.stores.iter().filter(|s| !self.lanes.reduces(&self.plan.graph, s.node))
    }

    fn total(&self, id: NodeId) -> Ident {
        format_ident!("{}_total", self.names.text(id), span = Span::mixed_site())
    }

    fn reduce(&self, id: NodeId, value: &Ident) -> TokenStream {
        let total = self.total(id);
        let largest = matches!(self.node(id).op, Op::Largest);
        let fill = fill(largest, self.double);
        let len = self.lanes.shape.len();
        let kept = if len.is_multiple_of(self.plan.alloc.pad) {
            quote!(#value)
        } else {
            let rest = self.rest();
            quote!(#value.keep_first(#rest, #fill))
        };
        if largest { quote!(#total = #kept.max(#total);) } else { quote!(#total = #total + #kept;) }
    }

    fn store(&self, store: &Store) -> TokenStream {
        let Place { buf, offset } = store.place;
        let (name, row, at) = (self.names.ident(store.node), frame::row_name(buf), self.at(offset));
        let write = if store.masked && self.lanes.shape.len() == 1 {
            quote!(#name.store_number(#row, #at);)
        } else if store.masked {
            let rest = self.rest();
            quote!(#name.store_first(#row, #at, #rest);)
        } else {
            quote!(#name.store(#row, #at);)
        };
        let ask = store.prefetch.then(|| quote!(simd.will_use(#row, #at);));
        if store.tape { quote!(if TAPE { #ask #write }) } else { quote!(#ask #write) }
    }
}

fn unary(map: Map, a: &Ident, double: bool) -> TokenStream {
    match map {
        Map::Neg => quote!(-#a),
        Map::Pow(exponent) => power(a, exponent.0, double),
        _ => {
            let method = format_ident!("{}", map.facts().name);
            quote!(#a.#method())
        }
    }
}

/// What an accumulator of a reduction starts with.
fn fill(largest: bool, double: bool) -> TokenStream {
    literal(if largest { f64::NEG_INFINITY } else { 0.0 }, double)
}

/// A number of the cell's scalar type.
pub(crate) fn literal(value: f64, double: bool) -> TokenStream {
    let ty = scalar(double);
    if value.is_nan() {
        return quote!(#ty::NAN);
    }
    let too_large = !value.is_finite() || (!double && !(value as f32).is_finite());
    let size = value.abs();
    let literal = if too_large {
        return if value > 0.0 { quote!(#ty::INFINITY) } else { quote!(#ty::NEG_INFINITY) };
    } else if double {
        Literal::f64_unsuffixed(size)
    } else {
        Literal::f32_unsuffixed(size as f32)
    };
    if value.is_sign_negative() { quote!(-#literal) } else { quote!(#literal) }
}
