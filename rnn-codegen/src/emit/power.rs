//! A power with a constant exponent, spelled out.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::lanes::literal;

/// Powers up to this one are products; beyond, their roundings would add up.
const MAX_PRODUCT: f64 = 64.0;

/// Products for whole exponents, a root besides for halves, else by way of the logarithm. A reciprocal comes first:
/// then nothing leaves the range of the type before the result does.
pub(super) fn power(a: &Ident, exponent: f64, double: bool) -> TokenStream {
    let size = exponent.abs();
    let (whole, rest) = (size.trunc(), size.fract());
    let [zero, one] = [0.0, 1.0].map(|value| literal(value, double));
    let by_log = literal(exponent, double);
    let base = if exponent < 0.0 { quote!(simd.splat(#one) / #a) } else { quote!(#a) };
    match (whole <= MAX_PRODUCT, rest) {
        (true, 0.0) => {
            let product = product(whole as u32);
            quote!({ let __base = #base; #product })
        }
        (true, 0.5) => {
            // What is added makes a zero positive.
            let root = if exponent < 0.0 {
                quote!(simd.splat(#one) / (#a + simd.splat(#zero)).sqrt())
            } else {
                quote!(#a.sqrt())
            };
            if whole == 0.0 {
                return root;
            }
            let product = product(whole as u32);
            quote!({ let __base = #base; #root * #product })
        }
        (_, 0.0) if whole % 2.0 == 0.0 => quote!(#a.abs().pow(#by_log)),
        (_, 0.0) => quote!(#a.abs().pow(#by_log).with_sign(#a)),
        (_, _) => quote!(#a.pow(#by_log)),
    }
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
