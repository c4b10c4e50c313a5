//! The name that a misspelt one was probably meant to be.

/// The candidate with the smallest edit distance to `name`, if it is near: at most one edit for
/// every three letters (rounded), or the same letters in another case. Letters that the candidate
/// does not have count more where it is short: `hh` is near to `h`, `Wx` is not near to `x`. The
/// first of equals. Names that differ in their digits alone are numbered, not misspelt.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let letters = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let count = name.chars().count();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if letters(candidate) == letters(name) {
            continue;
        }
        let same = candidate.eq_ignore_ascii_case(name);
        let strange = !name.chars().all(|letter| candidate.contains(letter));
        let shorter = count.min(candidate.chars().count());
        let limit = (if strange { shorter } else { count } + 1) / 3;
        let edits = if same { 0 } else { distance(name, candidate) };
        if (same || edits <= limit) && best.is_none_or(|(least, _)| edits < least) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Letters inserted, removed, replaced, or swapped with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let swap = if swapped { rows[i - 2][j - 2] + 1 } else { usize::MAX };
                replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(swap)
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        assert_eq!(distance("sigmoid", "sigmoid"), 0);
        assert_eq!(distance("sigmod", "sigmoid"), 1);
        assert_eq!(distance("satte", "state"), 1);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(nearest("sigmod", ["tanh", "sigmoid"]), Some("sigmoid"));
        assert_eq!(nearest("sate", ["input", "state"]), Some("state"));
        assert_eq!(nearest("w_n", ["W_n", "b_n"]), Some("W_n"));
        assert_eq!(nearest("y", ["x", "h"]), None);
        assert_eq!(nearest("hh", ["x", "h"]), Some("h"));
        assert_eq!(nearest("Wx", ["x", "h"]), None);
        assert_eq!(nearest("W_2", ["W_1"]), None);
        assert_eq!(nearest("hidden", ["h", "x"]), None);
    }
}
