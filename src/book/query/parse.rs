//! From text to a tree.

use super::{Clause, SearchQuery};
use crate::units::fold;

/// How deep brackets may lie in each other; deeper ones are not read.
const DEEPEST: usize = 8;
/// How many pieces are read; an address holds two hundred letters anyway.
const MOST: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    And,
    Or,
    Not,
    Open,
    Close,
    /// A word as it was typed.
    Word(String),
    /// What stood in quotes: never an operator and never a load.
    Quoted(String),
}

/// Reads what was typed. Nothing is refused.
pub fn parse(text: &str) -> SearchQuery {
    let pieces: Vec<Piece> = pieces(text).into_iter().take(MOST).collect();
    let mut reader = Reader {
        pieces: &pieces,
        depth: 0,
    };
    let mut parts = Vec::new();
    loop {
        parts.extend(reader.all());
        // A closing bracket too many closes nothing.
        if reader.next().is_none() {
            break;
        }
    }
    SearchQuery::All(parts)
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (piece, after) = match first {
            '(' => (Piece::Open, rest.get(1..)),
            ')' => (Piece::Close, rest.get(1..)),
            '"' | '“' | '”' | '„' => quoted(rest, first),
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'))
                    .unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                (named(word), Some(after))
            }
        };
        pieces.push(piece);
        rest = after.unwrap_or_default().trim_start();
    }
    pieces
}

/// Up to the closing quote; one that is never closed reaches to the end.
fn quoted(rest: &str, first: char) -> (Piece, Option<&str>) {
    let inside = rest.get(first.len_utf8()..).unwrap_or_default();
    let end = inside.find(['"', '“', '”']);
    let (text, after) = end.map_or((inside, ""), |end| {
        let mut after = inside.get(end..).unwrap_or_default().chars();
        after.next();
        (inside.get(..end).unwrap_or_default(), after.as_str())
    });
    (Piece::Quoted(text.to_owned()), Some(after))
}

fn named(word: &str) -> Piece {
    match word {
        "AND" => Piece::And,
        "OR" => Piece::Or,
        "NOT" => Piece::Not,
        _ => Piece::Word(word.to_owned()),
    }
}

struct Reader<'a> {
    pieces: &'a [Piece],
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Piece> {
        self.pieces.first()
    }

    fn next(&mut self) -> Option<&Piece> {
        let (first, rest) = self.pieces.split_first()?;
        self.pieces = rest;
        Some(first)
    }

    /// Groups that must all hold, up to a closing bracket or the end.
    fn all(&mut self) -> Vec<SearchQuery> {
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                None | Some(Piece::Close) => return parts,
                // Beside each other means the same; an OR with nothing before it joins nothing.
                Some(Piece::And | Piece::Or) => {
                    self.next();
                }
                Some(Piece::Not | Piece::Open | Piece::Word(_) | Piece::Quoted(_)) => {
                    parts.extend(self.any());
                }
            }
        }
    }

    /// Terms joined by OR.
    fn any(&mut self) -> Option<SearchQuery> {
        let mut terms: Vec<SearchQuery> = self.term().into_iter().collect();
        while self.peek() == Some(&Piece::Or) {
            self.next();
            terms.extend(self.term());
        }
        match terms.len() {
            0 | 1 => terms.pop(),
            _ => Some(SearchQuery::Any(terms)),
        }
    }

    fn term(&mut self) -> Option<SearchQuery> {
        match self.peek()? {
            Piece::Close | Piece::And | Piece::Or => None,
            Piece::Not => {
                self.next();
                self.depth += 1;
                let denied = if self.depth > DEEPEST { None } else { self.term() };
                self.depth -= 1;
                denied.map(|term| SearchQuery::Not(Box::new(term)))
            }
            Piece::Open => {
                self.next();
                self.brackets()
            }
            Piece::Quoted(text) => {
                let folded = fold(text.trim());
                self.next();
                (!folded.is_empty()).then_some(SearchQuery::Word(folded))
            }
            Piece::Word(word) => {
                let word = word.clone();
                self.next();
                Some(self.load(&word).unwrap_or_else(|| SearchQuery::Word(fold(&word))))
            }
        }
    }

    fn brackets(&mut self) -> Option<SearchQuery> {
        self.depth += 1;
        let mut parts = if self.depth > DEEPEST {
            Vec::new()
        } else {
            self.all()
        };
        self.depth -= 1;
        if self.peek() == Some(&Piece::Close) {
            self.next();
        }
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(SearchQuery::All(parts)),
        }
    }

    /// Clauses with commas between them, with or without spaces: `>14,<30` and `>14, <30` are one load.
    fn load(&mut self, word: &str) -> Option<SearchQuery> {
        let mut clauses = clauses(word)?;
        let mut text = word.to_owned();
        while text.ends_with(',')
            && let Some(Piece::Word(next)) = self.peek()
            && let Some(more) = self::clauses(next)
        {
            clauses.extend(more);
            text.push(' ');
            text.push_str(next);
            self.next();
        }
        Some(SearchQuery::Load {
            clauses,
            text: fold(&text),
        })
    }
}

/// The clauses of one word; a comma at its end leads to the next one.
fn clauses(word: &str) -> Option<Vec<Clause>> {
    let word = word.strip_suffix(',').unwrap_or(word);
    word.split(',').map(Clause::parse).collect()
}
