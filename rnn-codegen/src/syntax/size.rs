//! Lengths and shapes: `64`, `h`, `4 * h + P`, `_`, `[h, x]`.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitInt, Result, Token, token};

use crate::error::place::Place;
use crate::syntax::message::expression;
use crate::syntax::message::lengths as message;

/// How many operators of one rank a length may have: it is read by recursion.
const OPERATORS: usize = 1000;

/// A length as written.
#[derive(Debug, Clone)]
pub(crate) enum Size {
    Number(usize, Span),
    /// Length of an input or state, or a `dim`.
    Name(Ident),
    /// `_`
    Open(Span),
    Binary {
        /// One of `+ - * /`.
        operator: char,
        left: Box<Size>,
        right: Box<Size>,
    },
    Paren(Box<Size>, Place),
}

impl Size {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Size::Open(_))
    }

    pub(crate) fn place(&self) -> Place {
        match self {
            Size::Number(_, span) | Size::Open(span) => (*span).into(),
            Size::Name(name) => name.into(),
            Size::Binary { left, right, .. } => Place::between(left.place(), right.place()),
            Size::Paren(_, place) => *place,
        }
    }

    /// Calls `visit` with every name in it.
    pub(crate) fn names<'a>(&'a self, visit: &mut impl FnMut(&'a Ident)) {
        match self {
            Size::Number(..) | Size::Open(_) => {}
            Size::Name(name) => visit(name),
            Size::Binary { left, right, .. } => {
                left.names(visit);
                right.names(visit);
            }
            Size::Paren(inner, _) => inner.names(visit),
        }
    }

    /// A length, or `_`.
    pub(crate) fn parse(input: ParseStream) -> Result<Size> {
        if input.peek(token::Bracket) {
            return Err(message::bracketed_length(input));
        }
        if input.peek(Token![_]) {
            return Ok(Size::Open(input.parse::<Token![_]>()?.span));
        }
        Size::sum(input)
    }

    /// A length that stands in an expression, so that it cannot be open.
    pub(crate) fn closed(input: ParseStream) -> Result<Size> {
        if input.peek(Token![_]) {
            return Err(message::misplaced_open_size(input.span()));
        }
        Size::sum(input)
    }

    fn sum(input: ParseStream) -> Result<Size> {
        let mut left = Size::product(input)?;
        let mut count = 0;
        loop {
            let operator = if input.peek(Token![+]) {
                input.parse::<Token![+]>()?;
                '+'
            } else if input.peek(Token![-]) {
                input.parse::<Token![-]>()?;
                '-'
            } else {
                return Ok(left);
            };
            let right = Box::new(Size::product(input)?);
            count = counted(count, input)?;
            left = Size::Binary { operator, left: Box::new(left), right };
        }
    }

    fn product(input: ParseStream) -> Result<Size> {
        let mut left = Size::primary(input)?;
        let mut count = 0;
        loop {
            let operator = if input.peek(Token![*]) {
                input.parse::<Token![*]>()?;
                '*'
            } else if input.peek(Token![/]) {
                input.parse::<Token![/]>()?;
                '/'
            } else {
                return Ok(left);
            };
            let right = Box::new(Size::primary(input)?);
            count = counted(count, input)?;
            left = Size::Binary { operator, left: Box::new(left), right };
        }
    }

    fn primary(input: ParseStream) -> Result<Size> {
        if input.peek(LitInt) {
            let literal: LitInt = input.parse()?;
            let value = literal.base10_parse().map_err(|_| message::bad_length(literal.span()))?;
            if let Some(mistake) = message::times_sign(&literal) {
                return Err(mistake);
            }
            if !literal.suffix().is_empty() {
                let (digits, suffix) = (literal.base10_digits(), literal.suffix());
                return Err(expression::suffix(literal.span(), digits, suffix));
            }
            Ok(Size::Number(value, literal.span()))
        } else if input.peek(Token![_]) {
            Err(message::misplaced_open_size(input.span()))
        } else if input.peek(syn::Ident::peek_any) {
            Ok(Size::Name(input.call(Ident::parse_any)?))
        } else if input.peek(token::Paren) {
            let content;
            let paren = syn::parenthesized!(content in input);
            let inner = Size::closed(&content)?;
            if !content.is_empty() {
                return Err(message::bad_length(content.span()));
            }
            let place = Place { start: paren.span.open(), end: paren.span.close() };
            Ok(Size::Paren(Box::new(inner), place))
        } else {
            Err(message::bad_length(input.span()))
        }
    }
}

/// One operator more, of at most [`OPERATORS`].
fn counted(count: usize, input: ParseStream) -> Result<usize> {
    if count == OPERATORS {
        Err(message::long_size(input.span(), OPERATORS))
    } else {
        Ok(count + 1)
    }
}

/// Shape of a parameter as written.
#[derive(Debug, Clone)]
pub(crate) enum ParamShape {
    /// `param a = 1.0;`: none is written.
    Number,
    /// `param a: scalar;`
    Scalar,
    /// `[h]`
    Vector(Size),
    /// `[rows, columns]`
    Matrix(Size, Size),
}

impl ParamShape {
    pub(crate) fn parse(input: ParseStream) -> Result<ParamShape> {
        if !input.peek(token::Bracket) {
            let word = input.fork().call(Ident::parse_any).ok();
            if word.is_some_and(|w| w == "scalar") {
                input.call(Ident::parse_any)?;
                return Ok(ParamShape::Scalar);
            }
            return Err(message::bare_shape(input));
        }
        let content;
        let bracket = syn::bracketed!(content in input);
        if content.is_empty() {
            return Err(message::bad_shape(bracket.span.join(), 0));
        }
        let mut sizes = vec![Size::closed(&content)?];
        while content.peek(Token![,]) {
            content.parse::<Token![,]>()?;
            if content.is_empty() {
                break;
            }
            sizes.push(Size::closed(&content)?);
        }
        if !content.is_empty() {
            return Err(message::bad_length(content.span()));
        }
        let count = sizes.len();
        let mut sizes = sizes.into_iter();
        match (sizes.next(), sizes.next(), sizes.next()) {
            (Some(rows), None, _) if input.peek(token::Bracket) => {
                Err(message::second_brackets(&rows, input))
            }
            (Some(length), None, _) => Ok(ParamShape::Vector(length)),
            (Some(rows), Some(columns), None) => Ok(ParamShape::Matrix(rows, columns)),
            _ => Err(message::bad_shape(bracket.span.join(), count)),
        }
    }
}
