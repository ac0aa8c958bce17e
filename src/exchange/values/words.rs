//! Names, lines, addresses, lists, and yes or no.

use super::{Value, faulty, quoted};
use crate::exchange::columns::without_accents;
use crate::exchange::table::Cell;
use crate::units::{Name, fold, text};

/// The text of a cell, whatever its type: a workbook keeps project number 1000 as a number.
fn shown(cell: &Cell) -> Value<String> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Fault(fault) => Err(faulty(fault)),
        other => Ok(Some(other.shown()).filter(|shown| !shown.is_empty())),
    }
}

/// Text in a place where no formula belongs.
fn no_formula(cell: &Cell) -> Value<String> {
    if matches!(cell, Cell::Formula(_)) {
        return Err(format!(
            "{} looks like a formula; write the text itself",
            quoted(cell)
        ));
    }
    shown(cell)
}

/// A name of something.
pub(in crate::exchange) fn name(cell: &Cell) -> Value<Name> {
    let Some(shown) = no_formula(cell)? else {
        return Ok(None);
    };
    if fold(&shown).is_empty() {
        return Ok(None);
    }
    Name::parse(&shown).map(Some).map_err(|error| error.to_string())
}

/// One line that may begin with a plus sign, as telephone numbers do.
pub(in crate::exchange) fn phone(cell: &Cell) -> Value<String> {
    if let Cell::Formula(text) = cell
        && !text.trim_start().starts_with('+')
    {
        return no_formula(cell);
    }
    line(shown(cell)?, 60)
}

fn line(shown: Option<String>, most: usize) -> Value<String> {
    let Some(shown) = shown else { return Ok(None) };
    let line = text::line(&shown, most).map_err(|error| error.to_string())?;
    Ok(Some(line).filter(|line| !line.is_empty()))
}

/// Notes over several lines. They are only ever shown as text, so what looks like a formula may stand in
/// them.
pub(in crate::exchange) fn notes(cell: &Cell) -> Value<String> {
    let Some(shown) = shown(cell)? else {
        return Ok(None);
    };
    let notes = text::notes(&shown.replace('\r', "\n")).map_err(|error| error.to_string())?;
    Ok(Some(notes).filter(|notes| !notes.is_empty()))
}

/// An e-mail address by its shape: whether anybody reads it only a letter can tell.
pub(in crate::exchange) fn email(cell: &Cell) -> Value<String> {
    let Some(address) = line(no_formula(cell)?, 254)? else {
        return Ok(None);
    };
    let good = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains('@')
            && !address.contains(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"'))
    });
    if good {
        Ok(Some(address))
    } else {
        Err(format!("{} is not an e-mail address", quoted(cell)))
    }
}

/// Several names in one cell, between semicolons, or between commas or lines where there is no semicolon.
pub(in crate::exchange) fn names(cell: &Cell) -> Value<Vec<Name>> {
    let Some(shown) = no_formula(cell)? else {
        return Ok(None);
    };
    let separators: &[char] = if shown.contains(';') {
        &[';']
    } else {
        &[',', '\n', '|']
    };
    let mut names: Vec<Name> = Vec::new();
    for part in shown.split(separators).filter(|part| !part.trim().is_empty()) {
        let name = Name::parse(part).map_err(|error| error.to_string())?;
        if names
            .iter()
            .all(|known| fold(known.as_str()) != fold(name.as_str()))
        {
            names.push(name);
        }
    }
    Ok(Some(names).filter(|names| !names.is_empty()))
}

/// A department with those above it, outermost first: `Engineering / Civil`. A slash without spaces is part
/// of a name, as in `R/D`.
pub(in crate::exchange) fn path(cell: &Cell) -> Value<Vec<Name>> {
    const DEEPEST: usize = 10;
    let Some(shown) = no_formula(cell)? else {
        return Ok(None);
    };
    let line = text::line(&shown, (Name::MOST + 3) * DEEPEST).map_err(|error| error.to_string())?;
    let words: Vec<&str> = line.split(' ').collect();
    let names: Vec<Name> = words
        .split(|word| matches!(*word, "/" | ">" | "›"))
        .map(|words| Name::parse(&words.join(" ")))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    if names.len() > DEEPEST {
        return Err(format!("has more than {DEEPEST} departments inside each other"));
    }
    Ok(Some(names))
}

const YES: [&str; 30] = [
    "y",
    "yes",
    "true",
    "t",
    "1",
    "x",
    "✓",
    "✔",
    "☑",
    "done",
    "complete",
    "completed",
    "finished",
    "delivered",
    "issued",
    "active",
    "j",
    "ja",
    "wahr",
    "erledigt",
    "fertig",
    "aktiv",
    "o",
    "oui",
    "vrai",
    "actif",
    "s",
    "si",
    "verdadero",
    "activo",
];
const NO: [&str; 24] = [
    "n", "no", "false", "f", "0", "-", "–", "—", "☐", "open", "not done", "to do", "todo", "pending",
    "inactive", "left", "nein", "falsch", "offen", "inaktiv", "non", "faux", "inactif", "inactivo",
];

/// Yes or no, in the words of several languages.
pub(in crate::exchange) fn yes(cell: &Cell) -> Value<bool> {
    let word = match cell {
        Cell::Bool(yes) => return Ok(Some(*yes)),
        other => shown(other)?,
    };
    let Some(word) = word else { return Ok(None) };
    let word = without_accents(&fold(&word));
    if YES.contains(&word.as_str()) {
        Ok(Some(true))
    } else if NO.contains(&word.as_str()) {
        Ok(Some(false))
    } else {
        Err(format!("{} is neither yes nor no", quoted(cell)))
    }
}

/// Whether a cell for a person says in so many words that there is none yet.
pub(in crate::exchange) fn means_nobody(name: &str) -> bool {
    matches!(
        fold(name).as_str(),
        "tbd" | "tba" | "n.n." | "placeholder" | "unassigned" | "vacant" | "-" | "–" | "—"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn formula(text: &str) -> Cell {
        Cell::Formula(text.to_owned())
    }

    #[test]
    fn a_formula_is_refused_as_a_name_and_disarmed_text_is_not() {
        let reason = name(&formula("=HYPERLINK(\"http://x\")")).unwrap_err();
        assert_eq!(
            reason,
            "“=HYPERLINK(\"http://x\")” looks like a formula; write the text itself"
        );
        assert_eq!(name(&text("=x")).unwrap().unwrap().as_str(), "=x");
        assert!(email(&formula("@example.org")).is_err());
        assert!(names(&formula("=a;b")).is_err());
        assert!(path(&formula("+a / b")).is_err());
        assert!(phone(&formula("=1")).is_err());
        assert_eq!(phone(&formula("+47 22 33")), Ok(Some("+47 22 33".to_owned())));
        assert_eq!(
            notes(&formula("@anna: please")),
            Ok(Some("@anna: please".to_owned()))
        );
    }

    #[test]
    fn names_are_bounded_and_numbers_may_be_names() {
        assert_eq!(name(&Cell::Number(1000.0)).unwrap().unwrap().as_str(), "1000");
        assert_eq!(
            name(&text(&"å".repeat(201))),
            Err("is too long; 200 characters at most".to_owned())
        );
        assert_eq!(name(&text("\u{0}")), Ok(None));
        assert_eq!(name(&Cell::Empty), Ok(None));
    }

    #[test]
    fn an_address_has_the_shape_of_one() {
        for good in ["a@b.no", "sa.sato@example.org", "o'neil+x@mail.example.org"] {
            assert_eq!(email(&text(good)), Ok(Some(good.to_owned())));
        }
        for bad in [
            "a",
            "a@b",
            "@b.no",
            "a@b@c.no",
            "a b@c.no",
            "a@.no",
            "a@b.",
            "a@b.no, c@d.no",
            "<a@b.no>",
        ] {
            assert!(email(&text(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_and_paths_come_apart() {
        let shown = |names: Value<Vec<Name>>| {
            names
                .unwrap()
                .unwrap()
                .iter()
                .map(|name| name.as_str().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(names(&text("Rust, SQL , rust"))), ["Rust", "SQL"]);
        assert_eq!(
            shown(names(&text("Steel, cold; Timber;"))),
            ["Steel, cold", "Timber"]
        );
        assert_eq!(
            shown(path(&text("Engineering / Civil"))),
            ["Engineering", "Civil"]
        );
        assert_eq!(shown(path(&text("R/D > Lab"))), ["R/D", "Lab"]);
        assert!(path(&text("A /  / B")).is_err());
        assert!(path(&text(&["A"; 11].join(" / "))).is_err());
    }

    #[test]
    fn yes_and_no_are_understood_in_several_languages() {
        for word in ["yes", "X", "Ja", "Sí", "1", "TRUE", "done", "✓"] {
            assert_eq!(yes(&text(word)), Ok(Some(true)), "{word}");
        }
        for word in ["no", "Nein", "0", "false", "-", "open"] {
            assert_eq!(yes(&text(word)), Ok(Some(false)), "{word}");
        }
        assert_eq!(yes(&Cell::Number(1.0)), Ok(Some(true)));
        assert_eq!(yes(&Cell::Empty), Ok(None));
        assert_eq!(
            yes(&text("maybe")),
            Err("“maybe” is neither yes nor no".to_owned())
        );
    }
}
