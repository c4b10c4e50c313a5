//! What stands between commas: names and arguments, and the declarations of a statement.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Result, Token};

use super::Unread;
use super::item::begins;

/// One or more, separated by commas; a comma may end the list.
pub(super) fn separated<T>(
    input: ParseStream,
    mut parse: impl FnMut(ParseStream) -> Result<T>,
) -> Result<Vec<T>> {
    let mut list = vec![parse(input)?];
    while input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        if input.is_empty() || input.peek(Token![;]) {
            break;
        }
        list.push(parse(input)?);
    }
    Ok(list)
}

/// The declarations of a statement, as [`separated`] reads them. In place of one that cannot be
/// read there is `None`, and those around it are kept. The first mistake is noted: the others are
/// often the same.
pub(super) fn list<T>(
    input: ParseStream,
    unread: &mut Unread,
    mut parse: impl FnMut(ParseStream) -> Result<T>,
) -> Result<Vec<Option<T>>> {
    let mut noted = false;
    separated(input, |input| {
        let entry = input.fork();
        let mistake = match parse(&entry) {
            Ok(value) => {
                input.advance_to(&entry);
                return Ok(Some(value));
            }
            Err(mistake) => mistake,
        };
        if !noted {
            unread.mistakes.push(mistake);
        }
        noted = true;
        unread.nameless |= input.cursor().ident().is_none();
        // What follows a statement in the list is not of the list's kind.
        let ends = begins(input);
        let mut skipped = TokenStream::new();
        while !(input.is_empty() || input.peek(Token![;]) || !ends && input.peek(Token![,])) {
            skipped.extend([input.parse::<TokenTree>()?]);
        }
        unread.note(skipped);
        Ok(None)
    })
}
