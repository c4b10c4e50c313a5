//! Lengths: a number, plus multiples of the sizes that a family leaves open.

use crate::draw::Draw;

/// The lengths that vectors are made with: around those of registers and tiles.
const AWKWARD: [usize; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33];

/// A length. Two are equal only if they are for every choice of the open sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Length {
    fixed: usize,
    /// How often each open size is in it.
    open: [usize; Open::MOST],
}

/// The open sizes: name and the size of the member that is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Open(pub(crate) Vec<(String, usize)>);

impl Open {
    /// No family leaves more sizes open.
    pub(crate) const MOST: usize = 3;
}

impl Length {
    pub(crate) fn new(fixed: usize) -> Length {
        Length { fixed, open: [0; Open::MOST] }
    }

    /// The open size number `index`.
    pub(crate) fn open(index: usize) -> Length {
        let mut length = Length::new(0);
        length.open[index] = 1;
        length
    }

    pub(crate) fn awkward(draw: &mut Draw) -> Length {
        Length::new(if draw.chance(3) { 64 } else { draw.pick(&AWKWARD) })
    }

    /// In the member.
    pub(crate) fn value(&self, open: &Open) -> usize {
        let parts = self.open.iter().zip(&open.0).map(|(count, (_, value))| count * value);
        self.fixed + parts.sum::<usize>()
    }

    pub(crate) fn plus(&self, other: &Length) -> Length {
        let mut sum = *self;
        sum.fixed += other.fixed;
        sum.open.iter_mut().zip(other.open).for_each(|(sum, count)| *sum += count);
        sum
    }

    /// What is left after `other`, if that is shorter for all sizes and something is left.
    pub(crate) fn minus(&self, other: &Length) -> Option<Length> {
        let mut rest = *self;
        rest.fixed = rest.fixed.checked_sub(other.fixed)?;
        for (rest, count) in rest.open.iter_mut().zip(other.open) {
            *rest = rest.checked_sub(count)?;
        }
        (rest != Length::new(0)).then_some(rest)
    }

    /// A shorter length, if there is one.
    pub(crate) fn part(&self, draw: &mut Draw) -> Option<Length> {
        let mut part = Length::new(draw.between(0, self.fixed));
        for (part, &count) in part.open.iter_mut().zip(&self.open) {
            *part = draw.between(0, count);
        }
        (part != Length::new(0) && part != *self).then_some(part)
    }

    /// As a sum of numbers and open sizes; `names` are those of the declaration with this length.
    pub(crate) fn write(&self, open: &Open, names: &[(String, Length)], draw: &mut Draw) -> String {
        let same: Vec<&str> =
            names.iter().filter(|(_, l)| l == self).map(|(name, _)| name.as_str()).collect();
        if !same.is_empty() && draw.chance(70) {
            return draw.pick(&same).to_owned();
        }
        if !names.is_empty() && draw.chance(30) {
            let (name, length) = draw.pick(names);
            if let Some(rest) = self.minus(&length) {
                return format!("{name} + {}", rest.plain(open));
            }
            if let Some(rest) = length.minus(self).filter(|rest| rest.plain(open).len() <= 2) {
                return format!("{name} - {}", rest.plain(open));
            }
        }
        if self.fixed > 2 && self.fixed.is_multiple_of(2) && draw.chance(10) {
            let half = (self.fixed / 2).to_string();
            let rest = Length { fixed: 0, ..*self };
            let rest = if rest == Length::new(0) { half } else { return self.plain(open) };
            return if draw.chance(50) {
                format!("2 * {rest}")
            } else {
                format!("({rest} * 4) / 2")
            };
        }
        self.plain(open)
    }

    fn plain(&self, open: &Open) -> String {
        let mut terms = Vec::new();
        for (&count, (name, _)) in self.open.iter().zip(&open.0) {
            match count {
                0 => {}
                1 => terms.push(name.clone()),
                _ => terms.push(format!("{count} * {name}")),
            }
        }
        if self.fixed > 0 || terms.is_empty() {
            terms.push(self.fixed.to_string());
        }
        terms.join(" + ")
    }
}
