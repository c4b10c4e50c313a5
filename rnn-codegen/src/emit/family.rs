//! A declaration with open sizes becomes a macro of its own, which makes cells of it at any size.

use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Visibility};

use crate::runtime::Runtime;

/// `macro_rules! Name`, visible as the declaration says. `declaration` is the whole of it; a mark
/// in front says that it has errors, which have been reported.
pub(crate) fn family(
    runtime: &Runtime,
    attrs: &[Attribute],
    vis: &Visibility,
    name: &Ident,
    declaration: &TokenStream,
    faulty: bool,
) -> TokenStream {
    let mark = faulty.then(|| quote!(!));
    let content = quote! { { #mark { #declaration } } };
    let unused = quote!(#[allow(unused_macros, reason = "a family may be declared for others")]);
    match vis {
        Visibility::Public(_) => {
            let inner = format_ident!("__{}_{:016x}", name, number(name, declaration));
            quote! {
                #runtime::__family! { $ [#[doc(hidden)] #[macro_export]] #inner #content }
                #(#attrs)*
                #[doc(inline)]
                #vis use #inner as #name;
            }
        }
        Visibility::Inherited => quote! {
            #runtime::__family! { $ [#(#attrs)* #unused] #name #content }
        },
        Visibility::Restricted(_) => quote! {
            #runtime::__family! { $ [#(#attrs)* #unused] #name #content }
            #[allow(unused_imports, reason = "a family may be declared for others")]
            #vis use #name;
        },
    }
}

/// A number of its own for each declaration of a crate: exported macros share one namespace, and
/// two modules may have families of one name, even the same ones.
fn number(name: &Ident, declaration: &TokenStream) -> u64 {
    let mut hasher = DefaultHasher::new();
    declaration.to_string().hash(&mut hasher);
    if proc_macro::is_available() {
        let span = name.span().unwrap();
        (span.file(), span.line(), span.column()).hash(&mut hasher);
    }
    hasher.finish()
}
