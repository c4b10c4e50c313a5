//! Expressions: sums of products of signed, indexed operands.
//!
//! ```text
//! sum     = product (("+" | "-") product)*
//! product = "-" product | signed (("*" | "/" | "@") signed)*          left to right
//! signed  = "-" signed | indexed
//! indexed = primary ("." name | "[" step or range "]")*
//! primary = number | name | name "(" sum,* ")" | "(" sum ")" | "[" sum,* "]"
//! ```

use std::iter;

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Lit, Result, Token, token};

use super::index::index;
use super::{Size, Timed};
use crate::error::place::Place;
use crate::syntax::message::expression as message;
use crate::syntax::message::unexpected::subscript;

#[derive(Debug, Clone)]
pub(crate) enum Expr {
    Number {
        value: f64,
        text: String,
        span: Span,
    },
    Name(Ident),
    /// `x[t]`, `h[t-1]`
    Timed(Timed),
    /// `W.T`, `i.x`
    Member {
        owner: Box<Expr>,
        member: Ident,
    },
    Call {
        function: Ident,
        arguments: Vec<Expr>,
        close: Span,
    },
    /// `[a, b]`
    Concat {
        parts: Vec<Expr>,
        place: Place,
    },
    /// `v[a..b]`
    Slice {
        operand: Box<Expr>,
        start: Option<Size>,
        end: Option<Size>,
        close: Span,
    },
    Neg {
        minus: Span,
        operand: Box<Expr>,
    },
    Chain(Chain),
    Paren {
        inner: Box<Expr>,
        place: Place,
    },
}

/// `a + b - c`, or `W @ x * s / 2`: operators of one rank, from left to right. A list and not a
/// tree, so that a long sum is not a deep one.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) first: Box<Expr>,
    /// At least one.
    pub(crate) rest: Vec<(Operator, Expr)>,
}

impl Chain {
    /// What the first `count` operators make: `a + b` of `a + b - c` for one.
    pub(crate) fn head(&self, count: usize) -> Expr {
        match count {
            0 => (*self.first).clone(),
            _ => {
                Expr::Chain(Chain { first: self.first.clone(), rest: self.rest[..count].to_vec() })
            }
        }
    }

    pub(crate) fn operands(&self) -> impl Iterator<Item = &Expr> {
        iter::once(&*self.first).chain(self.rest.iter().map(|(_, operand)| operand))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    /// `@`, the matrix product.
    Product,
}

impl Operator {
    /// Whether it binds more strongly than a sum.
    pub(crate) fn binds(self) -> bool {
        !matches!(self, Operator::Add | Operator::Sub)
    }

    pub(crate) fn symbol(self) -> char {
        match self {
            Operator::Add => '+',
            Operator::Sub => '-',
            Operator::Mul => '*',
            Operator::Div => '/',
            Operator::Product => '@',
        }
    }
}

impl Expr {
    pub(crate) fn place(&self) -> Place {
        match self {
            Expr::Number { span, .. } => (*span).into(),
            Expr::Name(name) => name.into(),
            Expr::Timed(Timed { name, close, .. }) => Place::between(name, *close),
            Expr::Member { owner, member } => Place::between(owner.place(), member),
            Expr::Call { function, close, .. } => Place::between(function, *close),
            Expr::Concat { place, .. } | Expr::Paren { place, .. } => *place,
            Expr::Slice { operand, close, .. } => Place::between(operand.place(), *close),
            Expr::Neg { minus, operand } => Place::between(*minus, operand.place()),
            Expr::Chain(Chain { first, rest }) => {
                let last = rest.last().map_or(&**first, |(_, operand)| operand);
                Place::between(first.place(), last.place())
            }
        }
    }

    /// Calls `visit` with every name in it, those of functions included.
    pub(crate) fn names<'a>(&'a self, visit: &mut impl FnMut(&'a Ident)) {
        match self {
            Expr::Number { .. } => {}
            Expr::Name(name) | Expr::Timed(Timed { name, .. }) => visit(name),
            Expr::Member { owner, .. } => owner.names(visit),
            Expr::Call { function, arguments, .. } => {
                visit(function);
                arguments.iter().for_each(|a| a.names(visit));
            }
            Expr::Concat { parts, .. } => parts.iter().for_each(|p| p.names(visit)),
            Expr::Slice { operand, start, end, .. } => {
                operand.names(visit);
                start.iter().chain(end).for_each(|size| size.names(visit));
            }
            Expr::Neg { operand, .. } => operand.names(visit),
            Expr::Paren { inner, .. } => inner.names(visit),
            Expr::Chain(chain) => chain.operands().for_each(|operand| operand.names(visit)),
        }
    }

    /// Whether its last token is a number.
    pub(super) fn ends_in_number(&self) -> bool {
        match self {
            Expr::Number { .. } => true,
            Expr::Neg { operand, .. } => operand.ends_in_number(),
            Expr::Chain(chain) => chain.operands().last().is_some_and(Expr::ends_in_number),
            _ => false,
        }
    }

    pub(crate) fn parse(input: ParseStream) -> Result<Expr> {
        Expr::chain(input, Expr::product, |input| {
            if input.peek(Token![+]) {
                input.parse::<Token![+]>()?;
                Ok(Some(Operator::Add))
            } else if input.peek(Token![-]) {
                input.parse::<Token![-]>()?;
                Ok(Some(Operator::Sub))
            } else {
                Ok(None)
            }
        })
    }

    /// A sign in front belongs to the whole product, so that `-U @ h` needs no parentheses.
    fn product(input: ParseStream) -> Result<Expr> {
        if input.peek(Token![-]) {
            let minus = input.parse::<Token![-]>()?.span;
            return Ok(Expr::Neg { minus, operand: Box::new(Expr::product(input)?) });
        }
        Expr::chain(input, Expr::signed, |input| {
            let (operator, at) = if input.peek(Token![*]) {
                (Operator::Mul, input.parse::<Token![*]>()?.span)
            } else if input.peek(Token![/]) {
                (Operator::Div, input.parse::<Token![/]>()?.span)
            } else if input.peek(Token![@]) {
                (Operator::Product, input.parse::<Token![@]>()?.span)
            } else {
                return Ok(None);
            };
            if operator == Operator::Mul && input.peek(Token![*]) {
                return Err(message::power(at));
            }
            Ok(Some(operator))
        })
    }

    /// Operands with operators between them.
    fn chain(
        input: ParseStream,
        operand: impl Fn(ParseStream) -> Result<Expr>,
        operator: impl Fn(ParseStream) -> Result<Option<Operator>>,
    ) -> Result<Expr> {
        let first = operand(input)?;
        let mut rest = Vec::new();
        while let Some(operator) = operator(input)? {
            rest.push((operator, operand(input)?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(Expr::Chain(Chain { first: Box::new(first), rest }))
    }

    fn signed(input: ParseStream) -> Result<Expr> {
        if !input.peek(Token![-]) {
            return Expr::indexed(input);
        }
        let minus = input.parse::<Token![-]>()?.span;
        let operand = Box::new(Expr::signed(input)?);
        Ok(Expr::Neg { minus, operand })
    }

    fn indexed(input: ParseStream) -> Result<Expr> {
        let mut operand = Expr::primary(input)?;
        loop {
            if input.peek(token::Bracket) {
                operand = index(operand, input)?;
            } else if input.peek(Token![.]) && !input.peek(Token![..]) {
                input.parse::<Token![.]>()?;
                let member = identifier(input, "a name")?;
                if input.peek(token::Paren) {
                    if message::is_module(&operand) {
                        return Err(message::module(&operand, &member, true));
                    }
                    let content;
                    syn::parenthesized!(content in input);
                    return Err(message::method(&operand, &member, content.is_empty()));
                }
                operand = Expr::Member { owner: Box::new(operand), member };
            } else {
                return Ok(operand);
            }
        }
    }

    fn primary(input: ParseStream) -> Result<Expr> {
        if input.peek(Lit) {
            number(input)
        } else if input.peek(Token![if]) || input.peek(Token![match]) {
            Err(message::choice(input.span()))
        } else if input.peek(Ident::peek_any) && !input.peek(Token![_]) {
            let name = identifier(input, "a name")?;
            if input.peek(Ident::peek_any)
                && let Some(mistake) = message::word_before_value(&name)
            {
                return Err(mistake);
            }
            if !input.peek(token::Paren) {
                return Ok(Expr::Name(name));
            }
            let content;
            let close = syn::parenthesized!(content in input).span.close();
            let arguments = arguments(&content, &name)?;
            if input.peek(token::Paren) {
                return Err(message::call_of_call(Place::between(&name, close), &name));
            }
            Ok(Expr::Call { function: name, arguments, close })
        } else if input.peek(token::Paren) {
            let content;
            let paren = syn::parenthesized!(content in input).span;
            let inner = Box::new(Expr::parse(&content)?);
            end(&content)?;
            Ok(Expr::Paren { inner, place: Place { start: paren.open(), end: paren.close() } })
        } else if input.peek(token::Bracket) {
            let content;
            let bracket = syn::bracketed!(content in input).span;
            let parts = list(&content)?;
            if !content.is_empty()
                && content.cursor().punct().is_none_or(|(p, _)| p.as_char() == ';')
            {
                return Err(message::no_comma(&content));
            }
            end(&content)?;
            Ok(Expr::Concat { parts, place: Place { start: bracket.open(), end: bracket.close() } })
        } else {
            Err(message::no_operand(input))
        }
    }
}

/// Expressions separated by commas, up to the end of `input` or the first token that is neither.
pub(super) fn list(input: ParseStream) -> Result<Vec<Expr>> {
    let mut expressions = Vec::new();
    while !input.is_empty() && !input.peek(Token![;]) {
        expressions.push(Expr::parse(input)?);
        if !input.peek(Token![,]) {
            break;
        }
        input.parse::<Token![,]>()?;
    }
    Ok(expressions)
}

/// The arguments of a call, to the closing parenthesis.
fn arguments(input: ParseStream, function: &Ident) -> Result<Vec<Expr>> {
    let arguments = list(input)?;
    if input.peek(Token![;]) {
        return Err(message::gate_form_in_expression(input.span(), function));
    }
    end_of_arguments(input, function, &arguments)?;
    Ok(arguments)
}

/// A name where one must stand; `what` says for what.
pub(super) fn identifier(input: ParseStream, what: &str) -> Result<Ident> {
    if input.peek(Ident::peek_any) && !input.peek(Token![_]) {
        let name = input.call(Ident::parse_any)?;
        match name.to_string().ends_with('_') && input.peek(token::Brace) {
            true => Err(subscript(&name, input)),
            false => Ok(name),
        }
    } else {
        Err(message::no_name(input, what))
    }
}

/// Nothing may follow in this bracket.
pub(super) fn end(input: ParseStream) -> Result<()> {
    if input.is_empty() { Ok(()) } else { Err(message::no_operator(input)) }
}

/// Nothing may follow in this list of arguments.
pub(super) fn end_of_arguments(
    input: ParseStream,
    function: &Ident,
    arguments: &[Expr],
) -> Result<()> {
    if input.peek(Token![=]) && !input.peek(Token![==]) {
        return Err(message::named_argument(input, function, arguments));
    }
    end(input)
}

fn number(input: ParseStream) -> Result<Expr> {
    let literal: Lit = input.parse()?;
    let (digits, suffix) = match &literal {
        Lit::Int(int) => (int.base10_digits(), int.suffix()),
        Lit::Float(float) => (float.base10_digits(), float.suffix()),
        _ => return Err(message::not_a_number(literal.span())),
    };
    if !suffix.is_empty() {
        return Err(message::suffix(literal.span(), digits, suffix));
    }
    let value: f64 = digits.parse().map_err(|_| message::not_a_number(literal.span()))?;
    let text = match &literal {
        Lit::Int(int) => int.token().to_string(),
        _ => digits.to_owned(),
    };
    Ok(Expr::Number { value, text, span: literal.span() })
}
