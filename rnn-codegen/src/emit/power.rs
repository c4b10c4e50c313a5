//! A power with a constant exponent, spelled out.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::lanes::literal;

/// Powers up to this one are products; beyond, their roundings would add up.
const MAX_PRODUCT: f64 = 64.0;

/// Products for whole exponents, a root besides for halves, else by way of the logarithm. A
/// reciprocal comes first: then nothing leaves the range of the type before the result does.
pub(super) fn power(a: &Ident, exponent: f64, double: bool) -> TokenStream {
    let size = exponent.abs();
    let (whole, rest) = (size.trunc(), size.fract());
    let by_log = literal(exponent, double);
    match (whole <= MAX_PRODUCT, rest) {
        (true, 0.0) => {
            let (base, product) = (inverted(quote!(#a), exponent, double), product(whole as u32));
            quote!({ let __base = #base; #product })
        }
        (true, 0.5) => half(a, exponent, double),
        (_, 0.0) if whole % 2.0 == 0.0 => quote!(#a.abs().pow(#by_log)),
        (_, 0.0) => quote!(#a.abs().pow(#by_log).copysign(#a)),
        (_, _) => quote!(#a.pow(#by_log)),
    }
}

/// A power whose exponent is whole and a half. Of either zero it is that of the positive one.
fn half(a: &Ident, exponent: f64, double: bool) -> TokenStream {
    let zero = literal(0.0, double);
    let root = inverted(quote!(__of.sqrt()), exponent, double);
    let power = match exponent.abs().trunc() as u32 {
        0 => root,
        whole => {
            let (base, product) = (inverted(quote!(__of), exponent, double), product(whole));
            quote!({ let __base = #base; #root * #product })
        }
    };
    quote!({ let __of = #a + simd.splat(#zero); #power })
}

/// What is raised to the exponent's size.
fn inverted(base: TokenStream, exponent: f64, double: bool) -> TokenStream {
    let one = literal(1.0, double);
    if exponent < 0.0 { quote!(simd.splat(#one) / #base) } else { base }
}

/// A power of `__base` by repeated squaring.
fn product(exponent: u32) -> TokenStream {
    if exponent == 1 {
        return quote!(__base);
    }
    let half = product(exponent / 2);
    let square = quote!(({ let __half = #half; __half * __half }));
    if exponent.is_multiple_of(2) { square } else { quote!(#square * __base) }
}
