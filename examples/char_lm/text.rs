//! Text as classes: what is read, which characters are told apart, what is held out.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::program::Error;

/// Classes the cell can tell apart: the length of its input and output.
pub(crate) const CLASSES: usize = 128;

/// Every stretch of the text ends in a part that is held out. There are at most so many.
const STRETCHES: usize = 20;

/// A stretch has at least so many characters, if the text has: few of those held out then follow
/// characters that they do not follow in the text.
const STRETCH: usize = 5000;

/// The part of each stretch that is held out is one over this.
const HELD_OUT: usize = 10;

/// What stands for a character outside the vocabulary.
const OTHER: char = '\u{fffd}';

/// A text in two parts, as characters: training sees nothing of the second.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) training: Vec<char>,
    pub(crate) held_out: Vec<char>,
}

impl Text {
    /// The text of one file.
    pub(crate) fn of_file(path: &Path) -> Result<Text, Error> {
        Ok(Text::split(path.display().to_string(), &read(path)?))
    }

    /// The Rust sources of this project in the order of their paths, one after another.
    pub(crate) fn of_project() -> Result<Text, Error> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut paths = Vec::new();
        collect_sources(root, &mut paths)?;
        paths.sort();
        let texts = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
        let name = format!("the project's {} Rust files", paths.len());
        Ok(Text::split(name, &texts.join("\n")))
    }

    /// Holds out the end of each of the text's stretches, so that both parts have some of
    /// everything.
    fn split(name: String, text: &str) -> Text {
        let characters: Vec<char> = text.chars().collect();
        let (mut training, mut held_out) = (Vec::new(), Vec::new());
        let length = characters.len().div_ceil(STRETCHES).max(STRETCH);
        for stretch in characters.chunks(length) {
            let (kept, held) = stretch.split_at(stretch.len() - stretch.len() / HELD_OUT);
            training.extend_from_slice(kept);
            held_out.extend_from_slice(held);
        }
        Text { name, training, held_out }
    }
}

/// A file's text, which must be UTF-8 and not empty.
fn read(path: &Path) -> Result<String, Error> {
    let refuse = |why: &str| format!("cannot read text {}: {why}", path.display());
    let bytes = fs::read(path).map_err(|error| refuse(&error.to_string()))?;
    if bytes.is_empty() {
        return Err(refuse("the file is empty").into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        refuse(&format!("not UTF-8 at byte {at}")).into()
    })
}

/// Adds the `.rs` files of a folder, leaving out hidden folders, build results and empty files.
fn collect_sources(folder: &Path, into: &mut Vec<PathBuf>) -> Result<(), Error> {
    let refuse = |error| format!("cannot list {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(refuse)? {
        let entry = entry.map_err(refuse)?;
        let (path, name) = (entry.path(), entry.file_name());
        let kind = entry.file_type().map_err(refuse)?;
        let hidden = name.to_string_lossy().starts_with('.');
        if kind.is_dir() && !hidden && name != "target" {
            collect_sources(&path, into)?;
        } else if kind.is_file()
            && path.extension().is_some_and(|end| end == "rs")
            && entry.metadata().map_err(refuse)?.len() > 0
        {
            into.push(path);
        }
    }
    Ok(())
}

/// The characters that have a class of their own; all others share the last one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vocabulary {
    characters: Vec<char>,
    classes: HashMap<char, u8>,
}

impl Vocabulary {
    /// The most frequent characters of a text, as many as there are classes for.
    pub(crate) fn of(text: &[char]) -> Vocabulary {
        let mut counts = HashMap::<char, usize>::new();
        for &character in text {
            *counts.entry(character).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|&(character, count)| (std::cmp::Reverse(count), character));
        counts.truncate(CLASSES - 1);
        Vocabulary::from_characters(counts.into_iter().map(|(character, _)| character).collect())
    }

    /// A vocabulary as [`as_text`](Vocabulary::as_text) writes it; nothing unless its characters
    /// are distinct and there is a class for each.
    pub(crate) fn from_text(text: &str) -> Option<Vocabulary> {
        let vocabulary = Vocabulary::from_characters(text.chars().collect());
        let count = vocabulary.characters.len();
        (count < CLASSES && vocabulary.classes.len() == count).then_some(vocabulary)
    }

    fn from_characters(characters: Vec<char>) -> Vocabulary {
        let classes = characters.iter().copied().zip(0..).collect();
        Vocabulary { characters, classes }
    }

    /// Its characters in the order of their classes.
    pub(crate) fn as_text(&self) -> String {
        self.characters.iter().collect()
    }

    /// Number of classes in use: the characters and the class of all others.
    pub(crate) fn len(&self) -> usize {
        self.characters.len() + 1
    }

    /// The class of each character.
    pub(crate) fn encode(&self, text: &[char]) -> Vec<u8> {
        let other = self.characters.len() as u8;
        text.iter().map(|character| *self.classes.get(character).unwrap_or(&other)).collect()
    }

    /// The character of a class.
    pub(crate) fn decode(&self, class: usize) -> char {
        self.characters.get(class).copied().unwrap_or(OTHER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_keeps_every_character_once() {
        for length in [0, 1, 19, 20, 250, 1999] {
            let text: String = (0..length).map(|i| char::from(b'a' + (i % 26) as u8)).collect();
            let Text { training, held_out, .. } = Text::split(String::new(), &text);
            let mut parts = [training, held_out].concat();
            let mut whole: Vec<char> = text.chars().collect();
            parts.sort_unstable();
            whole.sort_unstable();
            assert_eq!(parts, whole);
        }
        assert_eq!(Text::split(String::new(), &"x".repeat(2000)).held_out.len(), 200);
    }

    #[test]
    fn rare_characters_share_a_class() {
        let mut text: Vec<char> = ('\u{100}'..).take(200).collect();
        text.extend("hello".chars());
        text.extend(('\u{100}'..).take(124));
        let vocabulary = Vocabulary::of(&text);
        assert_eq!(vocabulary.len(), CLASSES);
        let classes = vocabulary.encode(&['l', '\u{100}', '\u{1c7}', 'Z']);
        assert_eq!(classes[2..], [127, 127]);
        assert_eq!(vocabulary.decode(classes[0].into()), 'l');
        assert_eq!(vocabulary.decode(127), OTHER);
        assert_eq!(Vocabulary::from_text(&vocabulary.as_text()), Some(vocabulary));
    }

    #[test]
    fn vocabularies_that_cannot_be_are_refused() {
        assert_eq!(Vocabulary::from_text("abca"), None);
        let many: String = ('\u{100}'..).take(CLASSES).collect();
        assert_eq!(Vocabulary::from_text(&many), None);
    }
}
