//! A length: a number, or what it comes to in the open sizes of a family: `2 * h + x + 3`.
//!
//! Two lengths are equal only if they are for every choice of the sizes. Products of sizes, as in
//! `state M: rows * columns`, and parts, as in `h[..h / 2]`, are lengths too.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::iter;

use super::cell;
use crate::ops;

/// Shapes and expressions as the checks see them.
pub(crate) type Shape = ops::Shape<Length>;
pub(crate) type Expr = cell::Expr<Length>;
pub(crate) type ExprKind = cell::ExprKind<Length>;

/// Open sizes multiplied with one another, by their numbers, the last one first. So messages name
/// first what was declared last.
type Product = Vec<usize>;

/// Pairs of sizes that a product brings together. A hundred factors such as `(a + b + c)` would
/// otherwise never end.
const MOST_PAIRS: usize = 4096;

/// A sum of multiples of products, divided by a number. Operations are `None` where numbers become
/// too large to be counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Length {
    /// How often each product is in the sum, nowhere 0. The empty product is 1.
    terms: BTreeMap<Product, isize>,
    /// Has no factor in common with all terms.
    divisor: isize,
}

impl Length {
    /// A number, up to the largest that can be counted.
    pub(crate) fn number(value: usize) -> Length {
        let value = isize::try_from(value).unwrap_or(isize::MAX);
        let terms = iter::once((Product::new(), value)).filter(|(_, count)| *count > 0);
        Length { terms: terms.collect(), divisor: 1 }
    }

    /// The open size number `index`.
    pub(crate) fn open(index: usize) -> Length {
        Length { terms: BTreeMap::from([(vec![index], 1)]), divisor: 1 }
    }

    /// In lowest terms.
    fn new(terms: impl IntoIterator<Item = (Product, isize)>, divisor: isize) -> Option<Length> {
        let mut sum = BTreeMap::new();
        for (product, count) in terms {
            let entry = sum.entry(product).or_insert(0_isize);
            *entry = entry.checked_add(count)?;
        }
        sum.retain(|_, count| *count != 0);
        let common = sum.values().try_fold(divisor, |common, count| gcd(common, *count))?;
        sum.values_mut().for_each(|count| *count /= common);
        Some(Length { terms: sum, divisor: divisor / common })
    }

    /// The number, if it is one, and whole.
    pub(crate) fn value(&self) -> Option<usize> {
        let whole = self.divisor == 1 && self.terms.keys().all(Vec::is_empty);
        let value = self.terms.values().next().copied().unwrap_or(0);
        usize::try_from(value).ok().filter(|_| whole)
    }

    pub(crate) fn is(&self, value: usize) -> bool {
        self.value() == Some(value)
    }

    pub(crate) fn plus(&self, other: &Length) -> Option<Length> {
        let (left, right) = (self.scaled(other.divisor)?, other.scaled(self.divisor)?);
        Length::new(left.into_iter().chain(right), self.divisor.checked_mul(other.divisor)?)
    }

    pub(crate) fn minus(&self, other: &Length) -> Option<Length> {
        self.plus(&Length { terms: other.scaled(-1)?.into_iter().collect(), ..*other })
    }

    pub(crate) fn times(&self, other: &Length) -> Option<Length> {
        if self.sizes().checked_mul(other.sizes())? > MOST_PAIRS {
            return None;
        }
        let mut terms = Vec::new();
        for (left, a) in &self.terms {
            for (right, b) in &other.terms {
                let mut product = [left.as_slice(), right].concat();
                product.sort_unstable_by_key(|&size| Reverse(size));
                terms.push((product, a.checked_mul(*b)?));
            }
        }
        Length::new(terms, self.divisor.checked_mul(other.divisor)?)
    }

    /// `None` also where the quotient is no length: the divisor is zero or a sum, or has a size that
    /// is not in all terms.
    pub(crate) fn over(&self, other: &Length) -> Option<Length> {
        let mut divisor = other.terms.iter();
        let (Some((product, &count)), None) = (divisor.next(), divisor.next()) else { return None };
        let terms = self.scaled(other.divisor)?.into_iter();
        let terms: Option<Vec<_>> =
            terms.map(|(term, times)| Some((without(term, product)?, times))).collect();
        Length::new(terms?, self.divisor.checked_mul(count)?)
    }

    fn scaled(&self, by: isize) -> Option<Vec<(Product, isize)>> {
        let terms = self.terms.iter();
        terms.map(|(product, count)| Some((product.clone(), count.checked_mul(by)?))).collect()
    }

    /// How many sizes are written in it.
    fn sizes(&self) -> usize {
        self.terms.keys().map(Vec::len).sum()
    }

    /// Whether it may be a whole number for some sizes.
    pub(crate) fn may_be_whole(&self) -> bool {
        let open = self.terms.iter().filter(|(product, _)| !product.is_empty());
        let mut counts = open.map(|(_, count)| *count);
        // A common factor of these is none of the number beside them, which leaves a rest.
        counts.try_fold(self.divisor, gcd) == Some(1)
    }

    /// Whether it is below `value` for all sizes.
    pub(crate) fn is_below(&self, value: usize) -> bool {
        let grows = self.terms.iter().any(|(product, count)| !product.is_empty() && *count > 0);
        !grows && self.with_sizes_of_one() < value as i128 * self.divisor as i128
    }

    /// What it is at least for all sizes, since no length is less than 1.
    pub(crate) fn least(&self) -> usize {
        let falls = self.terms.iter().any(|(product, count)| !product.is_empty() && *count < 0);
        let least = if falls { 0 } else { self.with_sizes_of_one() / self.divisor as i128 };
        usize::try_from(least).unwrap_or(usize::MAX).max(1)
    }

    /// Times the divisor.
    fn with_sizes_of_one(&self) -> i128 {
        self.terms.values().map(|&count| count as i128).sum()
    }

    /// As a person would write it: `2 * h + x - 3`, `(h + x) / 2`. `sizes` are the names of the open
    /// ones.
    pub(crate) fn text(&self, sizes: &[String]) -> String {
        let term = |product: &Product, count: &isize| {
            let number = Some(count.unsigned_abs()).filter(|n| *n != 1 || product.is_empty());
            let factors = product.iter().rev().map(|&size| sizes[size].clone());
            let factors: Vec<String> = number.iter().map(usize::to_string).chain(factors).collect();
            factors.join(" * ")
        };
        let terms = |sign: isize| {
            let terms = self.terms.iter().rev().filter(move |(_, count)| count.signum() == sign);
            terms.map(|(product, count)| term(product, count)).collect::<Vec<String>>()
        };
        let sum = Some(terms(1).join(" + ")).filter(|sum| !sum.is_empty());
        let mut text = sum.unwrap_or_else(|| "0".to_owned());
        for taken in terms(-1) {
            text += &format!(" - {taken}");
        }
        match self.divisor {
            1 => text,
            divisor => format!("{} / {divisor}", in_parentheses(text)),
        }
    }
}

impl Expr {
    /// 1 for a number.
    pub(crate) fn length(&self) -> Length {
        match &self.shape {
            Shape::Vector(length) => length.clone(),
            Shape::Scalar | Shape::Matrix(..) => Length::number(1),
        }
    }
}

/// What is left of `product`; `None` if `factors` are not all in it.
fn without(mut product: Product, factors: &Product) -> Option<Product> {
    for factor in factors {
        let place = product.iter().position(|size| size == factor)?;
        product.remove(place);
    }
    Some(product)
}

/// The greatest common divisor, above zero if one of the two is not zero.
fn gcd(a: isize, b: isize) -> Option<isize> {
    let (mut a, mut b) = (a.checked_abs()?, b.checked_abs()?);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    Some(a)
}

/// A sum or a product as an operand of a quotient.
pub(crate) fn in_parentheses(text: String) -> String {
    if text.contains(' ') { format!("({text})") } else { text }
}
