//! The declared type with what every cell implements: around the kernels of a plan, or around
//! nothing where the declaration has errors.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::Visibility;

use super::own;
use crate::runtime::Runtime;

/// What differs from one cell to the other.
pub(super) struct Declared<'d> {
    pub(super) runtime: &'d Runtime,
    /// Attributes of the type.
    pub(super) attrs: TokenStream,
    pub(super) vis: &'d Visibility,
    pub(super) name: &'d Ident,
    /// The scalar type.
    pub(super) elem: &'d TokenStream,
    pub(super) views: TokenStream,
    /// Lints allowed in what it implements.
    pub(super) allowed: TokenStream,
    /// The graph for the interpreter.
    pub(super) graph: TokenStream,
    /// `Program::LAYOUT`.
    pub(super) layout: TokenStream,
    /// The functions of `Program`.
    pub(super) methods: TokenStream,
    /// What stands beside the implementations, and may call the runtime `p`.
    pub(super) beside: TokenStream,
}

impl ToTokens for Declared<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Declared { attrs, vis, name, elem, views, allowed, beside, .. } = self;
        let generated = self.runtime.generated();
        let own = own(name);
        let implementations = self.implementations(&own);
        tokens.extend(quote! {
            #attrs
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            #vis struct #name {
                flat: #generated::Flat<#elem>,
            }

            #views

            #allowed
            const _: () = {
                #[allow(non_camel_case_types, reason = "the cell may have such a name")]
                type #own = #name;

                const _: () = {
                    use #generated as p;

                    #implementations

                    #beside
                };
            };
        });
    }
}

impl Declared<'_> {
    /// What the runtime asks of a cell.
    fn implementations(&self, own: &Ident) -> TokenStream {
        let Declared { elem, graph, layout, methods, .. } = self;
        quote! {
            impl p::Cell for #own {
                const GRAPH: &'static p::CellGraph = #graph;

                fn from_flat(flat_: p::Flat<#elem>) -> Self {
                    Self { flat: flat_ }
                }

                fn flat(&self) -> &p::Flat<#elem> {
                    &self.flat
                }

                fn flat_mut(&mut self) -> &mut p::Flat<#elem> {
                    &mut self.flat
                }
            }

            impl p::Parameters for #own {
                type Cell = Self;

                fn slice(&self) -> p::ParamSlice<'_, Self> {
                    self.flat.slice()
                }
            }

            impl p::ParametersMut for #own {
                fn slice_mut(&mut self) -> p::ParamSliceMut<'_, Self> {
                    self.flat.slice_mut()
                }
            }

            #[doc(hidden)]
            impl p::Program for #own {
                type Scalar = #elem;

                const LAYOUT: p::Layout = #layout;

                #methods
            }
        }
    }
}
