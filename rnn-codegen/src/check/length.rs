//! A length: a number, or what it comes to in the open sizes of a family: `2 * h + x + 3`.
//!
//! Two lengths are equal only if they are for every choice of the sizes. Products of sizes, as in
//! `state M: rows * columns`, and parts, as in `h[..h / 2]`, are lengths too.

use std::collections::BTreeMap;
use std::iter;

use super::cell;
use crate::ops;

/// Shapes and expressions as the checks see them.
pub(crate) type Shape = ops::Shape<Length>;
pub(crate) type Expr = cell::Expr<Length>;
pub(crate) type ExprKind = cell::ExprKind<Length>;

/// Open sizes multiplied with one another, by their numbers in the order of the declaration.
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
                product.sort_unstable();
                terms.push((product, a.checked_mul(*b)?));
            }
        }
        Length::new(terms, self.divisor.checked_mul(other.divisor)?)
    }

    /// `None` also where the quotient is no length: the divisor is zero or a sum, or has a size
    /// that is not in all terms.
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

    /// As a person would write it: `x + 2 * h - 3`, `(x + h) / 2`. `sizes` are the names of the
    /// open ones.
    pub(crate) fn text(&self, sizes: &[String]) -> String {
        let term = |product: &Product, count: &isize| {
            let number = Some(count.unsigned_abs()).filter(|n| *n != 1 || product.is_empty());
            let factors = product.iter().map(|&size| sizes[size].clone());
            let factors: Vec<String> = number.iter().map(usize::to_string).chain(factors).collect();
            factors.join(" * ")
        };
        let terms = |sign: isize| {
            let terms = self.terms.iter().filter(move |(_, count)| count.signum() == sign);
            let mut texts: Vec<_> = terms.map(|(product, count)| term(product, count)).collect();
            // The number comes last.
            let number = self.terms.get(&Product::new()).is_some_and(|n| n.signum() == sign);
            texts.rotate_left(usize::from(number));
            texts
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `x`, `h` and a number.
    fn sizes(number: usize) -> [Length; 3] {
        [Length::open(0), Length::open(1), Length::number(number)]
    }

    fn text(length: Option<Length>) -> String {
        length.expect("a length").text(&["x".to_owned(), "h".to_owned()])
    }

    #[test]
    fn sums_are_written_as_they_are_declared() {
        let [x, h, three] = sizes(3);
        let sum = three.plus(&h).and_then(|sum| sum.plus(&x.plus(&h)?));
        assert_eq!(text(sum.clone()), "x + 2 * h + 3");
        assert_eq!(text(three.minus(&h)), "3 - h");
        assert_eq!(text(x.minus(&three)), "x - 3");
        assert_eq!(text(h.minus(&h)), "0");
        assert_eq!(text(sum.and_then(|sum| sum.times(&h))), "x * h + 3 * h + 2 * h * h");
        assert_eq!(text(Length::number(0).minus(&h)), "0 - h");
    }

    #[test]
    fn quotients_are_in_lowest_terms() {
        let [x, h, four] = sizes(4);
        let quarter = h.over(&four).expect("a length");
        let sum = quarter.times(&Length::number(2)).and_then(|half| half.plus(&x));
        assert_eq!(text(sum.clone()), "(2 * x + h) / 2");
        assert_eq!(text(sum.and_then(|sum| sum.minus(&x)?.plus(&h.over(&four)?))), "(3 * h) / 4");
        assert_eq!(quarter.times(&four), Some(h.clone()));
        assert_eq!(x.times(&h).and_then(|area| area.over(&h)), Some(x.clone()));
        assert_eq!(x.over(&h), None);
        assert_eq!(x.over(&x.plus(&h).expect("a length")), None);
        assert_eq!(x.over(&Length::number(0)), None);
    }

    #[test]
    fn only_what_may_be_whole_is_a_length() {
        let [_, h, two] = sizes(2);
        let half = |number: usize, times: usize| {
            let open = h.times(&Length::number(times))?;
            open.plus(&Length::number(number))?.over(&two)
        };
        let whole = |length: Option<Length>| length.is_some_and(|length| length.may_be_whole());
        assert!(whole(half(1, 1)) && whole(half(2, 2)) && whole(half(4, 0)) && whole(half(0, 0)));
        assert!(!whole(half(1, 2)) && !whole(half(1, 0)));
    }

    #[test]
    fn bounds_hold_for_all_sizes() {
        let [x, h, three] = sizes(3);
        let sum = x.plus(&h).and_then(|sum| sum.plus(&three)).expect("a length");
        assert_eq!((sum.least(), three.least()), (5, 3));
        assert!(!sum.is_below(5) && !sum.is_below(1000));
        let rest = three.minus(&x).expect("a length");
        assert_eq!(rest.least(), 1);
        assert!(rest.is_below(3) && !rest.is_below(2));
        let mixed = x.minus(&h).expect("a length");
        assert!(!mixed.is_below(1) && mixed.least() == 1);
    }

    #[test]
    fn what_cannot_be_counted_is_no_length() {
        let [x, h, large] = sizes(1 << (isize::BITS / 2));
        assert_eq!(large.times(&large), None);
        assert_eq!(large.times(&x).and_then(|product| product.times(&large)), None);
        let mut power = x.plus(&h).expect("a length");
        let squarings = (0..100).take_while(|_| match power.times(&power) {
            Some(square) => {
                power = square;
                true
            }
            None => false,
        });
        assert!(squarings.count() < 10);
    }
}
