//! The interval in which a value lies, so that what is made of it stays tame.

/// From `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// From `low` to `high`.
pub(crate) fn range(low: f64, high: f64) -> Range {
    Range { low, high }
}

impl Range {
    pub(crate) fn around(centre: f64, radius: f64) -> Range {
        range(centre - radius, centre + radius)
    }

    /// The larger distance from zero.
    pub(crate) fn size(self) -> f64 {
        self.low.abs().max(self.high.abs())
    }

    pub(crate) fn within(self, other: Range) -> bool {
        other.low <= self.low && self.high <= other.high
    }

    pub(crate) fn join(self, other: Range) -> Range {
        range(self.low.min(other.low), self.high.max(other.high))
    }

    pub(crate) fn min(self, other: Range) -> Range {
        range(self.low.min(other.low), self.high.min(other.high))
    }

    pub(crate) fn max(self, other: Range) -> Range {
        range(self.low.max(other.low), self.high.max(other.high))
    }

    pub(crate) fn negated(self) -> Range {
        range(-self.high, -self.low)
    }

    pub(crate) fn plus(self, other: Range) -> Range {
        range(self.low + other.low, self.high + other.high)
    }

    pub(crate) fn times(self, other: Range) -> Range {
        let ends = [
            self.low * other.low,
            self.low * other.high,
            self.high * other.low,
            self.high * other.high,
        ];
        ends.into_iter().map(|end| range(end, end)).reduce(Range::join).expect("four ends")
    }

    /// What a function that grows makes of it.
    pub(crate) fn map(self, function: impl Fn(f64) -> f64) -> Range {
        range(function(self.low), function(self.high))
    }
}
