//! The declaration: its head, and its body cut at the semicolons, so that one statement that cannot
//! be read does not hide the mistakes of the others.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Result, Token, Visibility, token};

use super::{Item, Spec, Unread, item, nesting};
use crate::check::names::is_word_of_rust;
use crate::error::Errors;
use crate::syntax::message::declaration;
use crate::syntax::message::expression;
use crate::syntax::message::unexpected as message;

/// Reads a declaration. Only a head that cannot be read is an `Err`; statements that cannot are
/// noted in [`Spec::unread`].
pub(crate) fn parse(tokens: TokenStream) -> std::result::Result<Spec, Errors> {
    nesting::check(tokens.clone())?;
    let (attrs, vis, name, body) = whole(tokens, head)?;
    let mistakes = refused(&attrs).map(declaration::attribute_of_cell).collect();
    let unread = Unread { mistakes, ..Unread::default() };
    let mut spec = Spec { attrs, vis, name, items: Vec::new(), unread };
    let (statements, last) = statements(visible(body.stream()));
    for statement in statements {
        read(statement, &mut spec);
    }
    if let Some((statement, end)) = last
        && read(statement, &mut spec)
    {
        spec.unread.mistakes.push(message::no_semicolon_at_end(end));
    }
    Ok(spec)
}

/// All of `tokens`. Where some are missing at the end, the last one is the place of the mistake.
pub(super) fn whole<T>(tokens: TokenStream, parse: fn(ParseStream) -> Result<T>) -> Result<T> {
    let last = tokens.clone().into_iter().last().map_or(Span::call_site(), |tree| tree.span());
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(last);
    let inside = |input: ParseStream| {
        let content;
        syn::braced!(content in input);
        parse(&content)
    };
    inside.parse2(TokenTree::Group(group).into())
}

fn head(input: ParseStream) -> Result<(Vec<Attribute>, Visibility, Ident, Group)> {
    let attrs = item::attributes(input)?;
    let vis = input.parse()?;
    if !input.peek(Token![struct]) {
        return Err(declaration::no_struct(input));
    }
    input.parse::<Token![struct]>()?;
    if !input.peek(Ident::peek_any) {
        return Err(declaration::no_struct(input));
    }
    let name = input.call(Ident::parse_any)?;
    if is_word_of_rust(&name.to_string()) {
        return Err(declaration::keyword_as_type(&name));
    }
    if !input.peek(token::Brace) {
        return Err(declaration::no_body(input, &name));
    }
    let body: Group = input.parse()?;
    if !input.is_empty() {
        return Err(declaration::second_declaration(input.span()));
    }
    Ok((attrs, vis, name, body))
}

/// What is neither documentation nor a lint level: it would be on the type alone, of all that is
/// generated.
pub(super) fn refused(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    let kept = ["doc", "allow", "expect", "warn", "deny", "forbid"];
    attrs.iter().filter(move |attr| !kept.iter().any(|name| attr.path().is_ident(name)))
}

/// What a macro of the user puts in for `$e:expr` has no brackets and is one operand all the same:
/// it gets parentheses, unless it is a single token.
fn visible(tokens: TokenStream) -> TokenStream {
    let shown = |tree: TokenTree| match tree {
        TokenTree::Group(group) if holds_invisible(&group) => {
            let inner = visible(group.stream());
            let delimiter = match group.delimiter() {
                Delimiter::None if inner.clone().into_iter().nth(1).is_none() => return inner,
                Delimiter::None => Delimiter::Parenthesis,
                other => other,
            };
            let mut shown = Group::new(delimiter, inner);
            shown.set_span(group.span());
            TokenTree::Group(shown).into()
        }
        other => TokenStream::from(other),
    };
    tokens.into_iter().flat_map(shown).collect()
}

fn holds_invisible(group: &Group) -> bool {
    let inside = |tree: TokenTree| matches!(tree, TokenTree::Group(g) if holds_invisible(&g));
    group.delimiter() == Delimiter::None || group.stream().into_iter().any(inside)
}

/// Cuts the body at its semicolons, which stay with the statement they end. A last one without it
/// gets it, and comes with its end.
fn statements(body: TokenStream) -> (Vec<TokenStream>, Option<(TokenStream, Span)>) {
    let mut done = Vec::new();
    let mut current: Vec<TokenTree> = Vec::new();
    for tree in body {
        let ends = matches!(&tree, TokenTree::Punct(p) if p.as_char() == ';');
        current.push(tree);
        if ends {
            done.push(current.drain(..).collect());
        }
    }
    let last = current.last().map(TokenTree::span).map(|end| {
        let mut semicolon = Punct::new(';', Spacing::Alone);
        semicolon.set_span(end);
        current.push(semicolon.into());
        (current.into_iter().collect(), end)
    });
    (done, last)
}

/// Reads a statement, or several where semicolons between them are missing; whether all could be
/// read.
fn read(statement: TokenStream, spec: &mut Spec) -> bool {
    let mut rest = statement;
    while !rest.is_empty() {
        match (|input: ParseStream| one(input, &mut spec.unread)).parse2(rest.clone()) {
            Ok((item, after)) => {
                spec.items.push(item);
                rest = after;
            }
            Err(error) => {
                spec.unread.mistakes.push(error);
                spec.unread.nameless |= item::is_nameless(&rest);
                spec.unread.note(rest);
                return false;
            }
        }
    }
    true
}

/// A statement, and what follows it.
fn one(input: ParseStream, unread: &mut Unread) -> Result<(Item, TokenStream)> {
    if input.peek(Token![;]) {
        return Err(message::empty_statement(input.span()));
    }
    let item = Item::parse(input, unread)?;
    if input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
    } else if item::begins(input) {
        unread.mistakes.push(message::no_semicolon(input.span(), &item));
    } else if input.peek(Token![,]) && !item.ends_in_number() {
        return Err(message::comma_after(input, &item));
    } else {
        return Err(expression::no_operator(input));
    }
    Ok((item, input.parse()?))
}
