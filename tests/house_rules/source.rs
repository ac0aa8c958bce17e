//! Reads Rust text as far as the house rules need it: words, string literals, paths and where tests begin.

use std::ops::Range;

/// A word, a mark or a string literal of a source file, with the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Word(String),
    Text(String),
    /// `::` is one mark; every other mark is a single character.
    PathSep,
    Mark(char),
}

/// A path as written, made absolute: `crate::plan::store`, `std::fs::read`, `tokio::time::sleep`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub line: usize,
    pub segments: Vec<String>,
    /// Whether it stands in a `#[cfg(test)]` module.
    pub in_tests: bool,
}

impl Path {
    pub fn starts_with(&self, wanted: &str) -> bool {
        let mut segments = self.segments.iter();
        wanted
            .split("::")
            .all(|word| segments.next().is_some_and(|segment| segment == word))
    }

    pub fn ends_with(&self, wanted: &str) -> bool {
        let mut segments = self.segments.iter().rev();
        wanted
            .rsplit("::")
            .all(|word| segments.next().is_some_and(|segment| segment == word))
    }
}

/// A string literal with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    pub line: usize,
    pub text: String,
    pub in_tests: bool,
}

/// One source file, read.
pub struct Source {
    pub tokens: Vec<Token>,
    pub paths: Vec<Path>,
    pub literals: Vec<Literal>,
    /// Lines outside `#[cfg(test)]` modules.
    pub product_lines: usize,
}

impl Source {
    /// Reads `text`, the file at `file` (as in `src/plan/store.rs`, which says what `super` means in it).
    pub fn read(file: &str, text: &str) -> Self {
        let tokens = tokens(text);
        let mut reader = Reader {
            tokens: &tokens,
            at: 0,
            modules: vec![],
            home: home(file),
            paths: vec![],
            tests: vec![],
        };
        reader.run();
        let (mut paths, tests) = (reader.paths, reader.tests);
        let all_tests = is_test_file(file);
        let in_tests = |line: usize| all_tests || tests.iter().any(|range| range.contains(&line));
        for path in &mut paths {
            path.in_tests = in_tests(path.line);
        }
        let literals = tokens
            .iter()
            .filter_map(|token| match &token.kind {
                Kind::Text(text) => Some(Literal {
                    line: token.line,
                    text: text.clone(),
                    in_tests: in_tests(token.line),
                }),
                _ => None,
            })
            .collect();
        let product_lines = (1..=text.lines().count()).filter(|line| !in_tests(*line)).count();
        Self {
            tokens,
            paths,
            literals,
            product_lines,
        }
    }
}

/// Whether a whole file is test code: under `tests/`, or what `#[cfg(test)] mod tests;` names.
pub fn is_test_file(file: &str) -> bool {
    file.split('/').any(|part| part == "tests") || file.ends_with("/tests.rs") || file.ends_with("_tests.rs")
}

/// The module a file is: `src/plan/store.rs` is `plan::store`, `src/plan/mod.rs` is `plan`.
fn home(file: &str) -> Vec<String> {
    let inner = file.strip_prefix("src/").unwrap_or(file);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let mut home: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if home
        .last()
        .is_some_and(|last| last == "mod" || last == "lib" || last == "main")
    {
        home.pop();
    }
    home
}

/// An inline `mod name { … }` that is open: its name, the brace depth it began at, its first line.
struct Module {
    name: String,
    depth: usize,
    line: usize,
    test: bool,
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    modules: Vec<Module>,
    home: Vec<String>,
    paths: Vec<Path>,
    tests: Vec<Range<usize>>,
}

impl Reader<'_> {
    fn kind(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match self.kind(ahead) {
            Some(Kind::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |token| token.line)
    }

    fn run(&mut self) {
        let mut depth = 0;
        let mut test_attribute = None;
        while let Some(kind) = self.kind(0).cloned() {
            match kind {
                Kind::Mark('{') => depth += 1,
                Kind::Mark('}') => {
                    depth = usize::saturating_sub(depth, 1);
                    self.close_modules(depth);
                }
                Kind::Mark('#') if self.is_cfg_test() => test_attribute = Some(self.line()),
                Kind::Mark(';') => test_attribute = None,
                Kind::Word(word) if word == "mod" => {
                    self.open_module(depth, test_attribute.take());
                }
                Kind::Word(word) if word == "fn" => test_attribute = None,
                Kind::Word(word) if word == "use" && self.word_or_path_follows() => {
                    self.at += 1;
                    self.use_tree(&[]);
                    continue;
                }
                Kind::Word(_) | Kind::PathSep => {
                    self.inline_path();
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// `use` also stands in `impl Trait + use<'_>`, which imports nothing.
    fn word_or_path_follows(&self) -> bool {
        matches!(
            self.kind(1),
            Some(Kind::Word(_) | Kind::PathSep | Kind::Mark('{'))
        )
    }

    fn is_cfg_test(&self) -> bool {
        self.kind(1) == Some(&Kind::Mark('['))
            && self.word(2) == Some("cfg")
            && self.kind(3) == Some(&Kind::Mark('('))
            && self.word(4) == Some("test")
            && self.kind(5) == Some(&Kind::Mark(')'))
    }

    fn open_module(&mut self, depth: usize, test_attribute: Option<usize>) {
        if let (Some(name), Some(Kind::Mark('{'))) = (self.word(1), self.kind(2)) {
            let name = name.to_owned();
            let line = test_attribute.unwrap_or_else(|| self.line());
            self.modules.push(Module {
                name,
                depth,
                line,
                test: test_attribute.is_some(),
            });
        }
        // The module's own name is no path.
        self.at += 1;
    }

    fn close_modules(&mut self, depth: usize) {
        while let Some(module) = self.modules.pop_if(|module| module.depth >= depth) {
            if module.test {
                self.tests.push(module.line..self.line() + 1);
            }
        }
    }

    /// One branch of a `use`: words, then a group, a star or an end. `before` is what stands left of it.
    fn use_tree(&mut self, before: &[String]) {
        let mut segments = before.to_vec();
        let line = self.line();
        loop {
            match self.kind(0).cloned() {
                Some(Kind::Word(word)) if word == "as" => self.at += 2,
                Some(Kind::Word(word)) => {
                    // `{self, …}` means the group's own path.
                    if word != "self" || segments.is_empty() {
                        segments.push(word);
                    }
                    self.at += 1;
                }
                Some(Kind::PathSep | Kind::Mark('*')) => self.at += 1,
                Some(Kind::Mark('{')) => {
                    self.use_group(&segments);
                    return;
                }
                _ => break,
            }
        }
        self.push(line, &segments);
    }

    fn use_group(&mut self, before: &[String]) {
        self.at += 1;
        loop {
            match self.kind(0) {
                Some(Kind::Mark('}')) => {
                    self.at += 1;
                    return;
                }
                Some(Kind::Mark(',')) => self.at += 1,
                Some(Kind::Word(_) | Kind::PathSep | Kind::Mark('{')) => self.use_tree(before),
                // Not Rust: better to stop here than to loop.
                _ => return,
            }
        }
    }

    /// A path in code: `crate::plan::load(…)`. A lone word counts as well, so that `rusqlite` in a macro is seen.
    fn inline_path(&mut self) {
        let line = self.line();
        let mut segments = vec![];
        if self.kind(0) == Some(&Kind::PathSep) {
            self.at += 1;
        }
        while let Some(word) = self.word(0) {
            segments.push(word.to_owned());
            self.at += 1;
            if self.kind(0) != Some(&Kind::PathSep) || self.word(1).is_none() {
                break;
            }
            self.at += 1;
        }
        if self.kind(0) == Some(&Kind::PathSep) {
            // A turbofish: `Vec::<Week>::new`.
            self.at += 1;
        }
        self.push(line, &segments);
    }

    /// Keeps a path, with `self`, `super` and the library's own name turned into `crate::…`.
    fn push(&mut self, line: usize, segments: &[String]) {
        let mut here = self.home.clone();
        here.extend(self.modules.iter().map(|module| module.name.clone()));
        let mut rest = segments;
        let mut relative = false;
        while let [first, tail @ ..] = rest {
            match first.as_str() {
                "super" => drop(here.pop()),
                "self" if !tail.is_empty() => {}
                _ => break,
            }
            relative = true;
            rest = tail;
        }
        let mut absolute = vec!["crate".to_owned()];
        match rest {
            [first, tail @ ..] if !relative && first == "ballast" && !tail.is_empty() => {
                absolute.extend_from_slice(tail);
            }
            _ if relative => {
                absolute.extend(here);
                absolute.extend_from_slice(rest);
            }
            _ => absolute = rest.to_vec(),
        }
        if !absolute.is_empty() {
            self.paths.push(Path {
                line,
                segments: absolute,
                in_tests: false,
            });
        }
    }
}

/// Cuts Rust text into words, marks and string literals; comments and characters are left out.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        rest: text,
        line: 1,
        tokens: vec![],
    };
    while !lexer.rest.is_empty() {
        lexer.next();
    }
    lexer.tokens
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn next(&mut self) {
        let line = self.line;
        let Some(first) = self.rest.chars().next() else {
            return;
        };
        let kind = if self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
            None
        } else if self.rest.starts_with("/*") {
            self.block_comment();
            None
        } else if let Some(hashes) = raw_string_hashes(self.rest) {
            Some(Kind::Text(self.raw_string(hashes)))
        } else if first == '"' || self.rest.starts_with("b\"") || self.rest.starts_with("c\"") {
            Some(Kind::Text(self.string()))
        } else if first == '\'' {
            self.quote();
            None
        } else if first.is_alphabetic() || first == '_' {
            Some(Kind::Word(self.word()))
        } else if first.is_ascii_digit() {
            // A number is taken whole, so that its suffix is no word; its fraction needs no care.
            self.word();
            None
        } else if self.rest.starts_with("::") {
            self.take(2);
            Some(Kind::PathSep)
        } else {
            self.take(first.len_utf8());
            (!first.is_whitespace()).then_some(Kind::Mark(first))
        };
        if let Some(kind) = kind {
            self.tokens.push(Token { line, kind });
        }
    }

    fn word(&mut self) -> String {
        if self.rest.starts_with("r#") {
            self.take(2);
        }
        let end = self
            .rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(self.rest.len());
        self.take(end).to_owned()
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while !self.rest.is_empty() {
            if self.rest.starts_with("/*") {
                depth += 1;
                self.take(2);
            } else if self.rest.starts_with("*/") {
                depth -= 1;
                self.take(2);
                if depth == 0 {
                    return;
                }
            } else {
                self.take(self.rest.chars().next().map_or(0, char::len_utf8));
            }
        }
    }

    fn raw_string(&mut self, hashes: usize) -> String {
        let start = self.rest.find('"').map_or(0, |quote| quote + 1);
        self.take(start);
        let end = format!("\"{}", "#".repeat(hashes));
        let inner = self.take(self.rest.find(&end).unwrap_or(self.rest.len()));
        self.take(end.len().min(self.rest.len()));
        inner.to_owned()
    }

    /// Takes a string literal. Escapes stay as written, since no rule looks for one.
    fn string(&mut self) -> String {
        self.take(self.rest.find('"').map_or(0, |quote| quote + 1));
        let mut end = self.rest.len();
        let mut escaped = false;
        for (at, c) in self.rest.char_indices() {
            if c == '"' && !escaped {
                end = at;
                break;
            }
            escaped = c == '\\' && !escaped;
        }
        let inner = self.take(end).to_owned();
        self.take(usize::from(!self.rest.is_empty()));
        inner
    }

    /// A character such as `'"'` is skipped; of a lifetime only the quote is.
    fn quote(&mut self) {
        let mut chars = self.rest.char_indices().skip(1);
        let bytes = match chars.next() {
            Some((_, '\\')) => {
                // Past the escaped character itself, which may be a quote.
                chars.next();
                chars.find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1)
            }
            Some(_) => match chars.next() {
                Some((at, '\'')) => at + 1,
                _ => 1,
            },
            None => 1,
        };
        self.take(bytes);
    }
}

/// How many `#` a raw string at the start of `text` has; `None` where there is no raw string.
fn raw_string_hashes(text: &str) -> Option<usize> {
    let rest = text
        .strip_prefix("br")
        .or_else(|| text.strip_prefix("cr"))
        .or_else(|| text.strip_prefix('r'))?;
    let inner = rest.trim_start_matches('#');
    inner.starts_with('"').then(|| rest.len() - inner.len())
}
