//! Mistakes in a declaration: how they are collected, and where they stand.
//!
//! A message is one sentence on what is wrong, if need be one on the other place that is involved,
//! and one that begins with `help:` and says how to mend it. The wording lives with the stages that
//! find mistakes, in `syntax/message` and `check/message`.

pub(crate) mod nearest;
pub(crate) mod place;

use std::collections::BTreeMap;
use std::fmt::Display;

use proc_macro2::TokenStream;
use syn::Error;

use self::place::Place;

/// All mistakes of a declaration, in the order in which they were found.
///
/// Panics when dropped unread, so that no path through the compiler forgets to report.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    found: Vec<Error>,
    /// For what is said once: the index of the message, and how often it would stand again.
    once: BTreeMap<String, (usize, usize)>,
    read: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Errors::default()
    }

    pub(crate) fn push(&mut self, error: Error) {
        self.found.push(error);
    }

    /// Notes what is wrong at every use of a name, called `what`, at the first of them. The others
    /// are counted.
    pub(crate) fn push_once(&mut self, what: impl Into<String>, error: Error) {
        let what = what.into();
        if !self.again(&what) {
            self.once.insert(what, (self.found.len(), 0));
            self.found.push(error);
        }
    }

    /// Whether [`Self::push_once`] has noted `what`; then this is counted as one more.
    pub(crate) fn again(&mut self, what: &str) -> bool {
        let said = self.once.get_mut(what);
        said.map(|(_, more)| *more += 1).is_some()
    }

    /// Whether something is wrong with a name that is used.
    pub(crate) fn any_once(&self) -> bool {
        !self.once.is_empty()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// `value` if nothing was found, else everything that was.
    pub(crate) fn finish<T>(mut self, value: impl FnOnce() -> T) -> Result<T, Errors> {
        if self.found.is_empty() {
            self.read = true;
            Ok(value())
        } else {
            Err(self)
        }
    }

    /// The mistakes themselves.
    pub(crate) fn into_vec(mut self) -> Vec<Error> {
        self.read = true;
        for &(index, more) in self.once.values().filter(|(_, more)| *more > 0) {
            self.found[index] = with_count(&self.found[index], more);
        }
        std::mem::take(&mut self.found)
    }

    /// One `compile_error!` for each mistake, at its tokens.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.into_vec().iter().map(Error::to_compile_error).collect()
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        Errors { found: vec![error], once: BTreeMap::new(), read: false }
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !self.read && !std::thread::panicking() {
            panic!("bug in rnn-codegen: errors dropped unread: {:?}", self.found);
        }
    }
}

/// What is wrong at `place`, and the remedy.
pub(crate) fn error(place: impl Into<Place>, what: impl Display, help: impl Display) -> Error {
    Error::new_spanned(place.into(), format!("{what}\nhelp: {help}"))
}

/// The message at a name, with the number of its other uses.
fn with_count(error: &Error, more: usize) -> Error {
    let text = error.to_string();
    let (what, help) = text.split_once('\n').unwrap_or((&text, ""));
    let follow = if more == 1 { "use follows" } else { "uses follow" };
    Error::new(error.span(), format!("{what} ({more} more {follow})\n{help}"))
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{}`", n.as_ref())).collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    #[should_panic(expected = "errors dropped unread")]
    fn unread_errors_panic() {
        drop(Errors::from(Error::new(Span::call_site(), "lost")));
    }

    #[test]
    fn finish_gives_the_value_only_without_errors() {
        assert_eq!(Errors::new().finish(|| 7).expect("no errors"), 7);
        let errors = Errors::from(Error::new(Span::call_site(), "kept"));
        let found = errors.finish(|| 7).expect_err("an error").into_vec();
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn what_is_said_once_is_counted() {
        let mut errors = Errors::new();
        for name in ["q", "p", "q", "q"] {
            errors.push_once(name, error(Span::call_site(), format!("no `{name}`"), "declare it"));
        }
        let found: Vec<String> = errors.into_vec().iter().map(Error::to_string).collect();
        let expected =
            ["no `q` (2 more uses follow)\nhelp: declare it", "no `p`\nhelp: declare it"];
        assert_eq!(found, expected);
    }

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(list::<&str>(&[]), "none");
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
