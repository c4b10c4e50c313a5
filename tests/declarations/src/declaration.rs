//! A declaration as a list of what it declares, and its text.

use std::collections::BTreeSet;
use std::fmt;

/// One name with what is said of it, or a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// The word that begins the statement; empty for equations.
    pub(crate) keyword: &'static str,
    /// Empty for settings and the output.
    pub(crate) name: String,
    /// All that follows the name.
    pub(crate) body: String,
    /// Whether it shares the statement of the item before it, if the keyword is the same.
    pub(crate) joined: bool,
    /// Whether it has a doc comment.
    pub(crate) documented: bool,
}

impl Item {
    pub(crate) fn new(keyword: &'static str, name: &str, body: String) -> Item {
        Item { keyword, name: name.to_owned(), body, joined: false, documented: false }
    }

    /// Whether it stands for itself, read or not.
    fn is_root(&self) -> bool {
        let is_result = matches!(self.keyword, "state" | "output");
        is_result || self.is_setting() || self.body.starts_with("[t]")
    }

    /// The names it may read: arguments hide others in the body of a function.
    fn words(&self) -> impl Iterator<Item = &str> {
        let arguments = if self.keyword == "fn" { self.body.split(')').next() } else { None };
        let arguments: BTreeSet<&str> = words(arguments.unwrap_or_default()).collect();
        words(&self.body).filter(move |word| !arguments.contains(word))
    }

    fn is_setting(&self) -> bool {
        matches!(self.keyword, "steps" | "scalar" | "weights" | "activations")
    }

    fn can_join(&self, before: &Item) -> bool {
        let list = ["input", "state", "param", "fixed", "const", "dim"].contains(&self.keyword);
        self.joined && list && self.keyword == before.keyword
    }
}

/// A cell, or a family with one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    pub(crate) name: String,
    pub(crate) items: Vec<Item>,
    /// What stands between the braces of the member, for a family.
    pub(crate) member: Option<String>,
}

impl Declaration {
    /// The declared type, or the family.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tokens for `cell!`.
    pub fn text(&self) -> String {
        let mut text = format!("/// Random.\npub struct {} {{", self.name);
        let live = self.live();
        let mut before: Option<&Item> = None;
        for item in live {
            match before {
                Some(before) if item.can_join(before) => text.push_str(", "),
                Some(_) => text.push_str(";\n    "),
                None => text.push_str("\n    "),
            }
            if item.documented {
                text.push_str("/// One of them.\n    ");
            }
            if !before.is_some_and(|before| item.can_join(before)) {
                text.push_str(item.keyword);
                text.push_str(if item.keyword.is_empty() { "" } else { " " });
            }
            text.push_str(&item.name);
            text.push_str(&item.body);
            before = Some(item);
        }
        text.push_str(";\n}");
        text
    }

    /// The tokens for the macro of the family, if it is one.
    pub fn member(&self) -> Option<String> {
        let settings = self.member.as_ref()?;
        Some(format!("/// Random.\npub struct Member {{ {settings} }}"))
    }

    /// Without what nothing reads, which would be refused.
    fn live(&self) -> Vec<&Item> {
        let mut live: Vec<bool> = self.items.iter().map(Item::is_root).collect();
        loop {
            let alive =
                || self.items.iter().zip(&live).filter(|(item, live)| **live && !item.is_setting());
            let read: BTreeSet<&str> = alive().flat_map(|(item, _)| item.words()).collect();
            let next: Vec<bool> = self
                .items
                .iter()
                .zip(&live)
                .map(|(item, &live)| live || read.contains(item.name.as_str()))
                .collect();
            if next == live {
                break;
            }
            live = next;
        }
        self.items.iter().zip(live).filter(|(_, live)| *live).map(|(item, _)| item).collect()
    }

    /// Whether a live item reads the value of `name`.
    pub(crate) fn reads(&self, name: &str) -> bool {
        let sizes = ["input", "state", "param", "fixed", "dim"];
        let equations = self.live().into_iter().filter(|item| !sizes.contains(&item.keyword));
        equations.flat_map(Item::words).any(|word| word == name)
    }
}

impl fmt::Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text())?;
        match self.member() {
            Some(member) => write!(f, "\n{}! {{ {member} }}", self.name),
            None => Ok(()),
        }
    }
}

/// The names in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
