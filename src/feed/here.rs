//! Who looks at the same page: in memory only, by open lines, each account once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

use super::lock;
use crate::units::ids::AccountId;

/// For how long somebody whose last line has ended still counts: a reload or a weak signal is not a departure.
pub const GRACE: Duration = Duration::from_secs(20);
/// How many names are told; of more there is only the number.
const NAMES: usize = 12;

/// The others on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Company {
    /// How many there are.
    pub count: usize,
    /// The names of the first of them, in order.
    pub names: Vec<String>,
}

/// Everybody by page.
#[derive(Clone, Debug, Default)]
pub struct Here {
    pages: Arc<Mutex<HashMap<String, Page>>>,
}

#[derive(Debug)]
struct Page {
    by_name: BTreeMap<(String, AccountId), Present>,
    /// Counts changes of who is here, and wakes the lines of the page.
    version: watch::Sender<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Present {
    lines: usize,
    /// Counts departures, so that a grace that was overtaken by a return ends nothing.
    departures: u64,
}

/// A line's place on its page; dropping it gives it up.
#[derive(Debug)]
pub struct Seat {
    here: Here,
    page: String,
    who: (String, AccountId),
    version: watch::Receiver<u64>,
}

impl Here {
    /// Takes a place on `page`.
    pub fn enter(&self, page: String, account: AccountId, name: &str) -> Seat {
        let who = (name.to_owned(), account);
        let mut pages = lock(&self.pages);
        let here = pages.entry(page.clone()).or_insert_with(|| Page {
            by_name: BTreeMap::new(),
            version: watch::Sender::new(0),
        });
        let is_new = !here.by_name.contains_key(&who);
        here.by_name.entry(who.clone()).or_default().lines += 1;
        if is_new {
            here.version.send_modify(|version| *version += 1);
        }
        let version = here.version.subscribe();
        drop(pages);
        Seat {
            here: self.clone(),
            page,
            who,
            version,
        }
    }

    /// Somebody's last line has ended; answers the number of that departure.
    fn leave(&self, page: &str, who: &(String, AccountId)) -> Option<u64> {
        let mut pages = lock(&self.pages);
        let present = pages.get_mut(page)?.by_name.get_mut(who)?;
        present.lines = present.lines.saturating_sub(1);
        present.departures += 1;
        (present.lines == 0).then_some(present.departures)
    }

    /// The grace after a departure is over: who has not come back is gone.
    fn forget(&self, page: &str, who: &(String, AccountId), departure: u64) {
        let mut pages = lock(&self.pages);
        let Some(here) = pages.get_mut(page) else { return };
        let gone = here
            .by_name
            .get(who)
            .is_some_and(|present| present.lines == 0 && present.departures == departure);
        if gone {
            here.by_name.remove(who);
            here.version.send_modify(|version| *version += 1);
        }
        if here.by_name.is_empty() {
            pages.remove(page);
        }
    }
}

impl Seat {
    /// Done when somebody has come to the page or left it.
    pub async fn changed(&mut self) {
        if self.version.changed().await.is_err() {
            // The page is only taken away after its last seat.
            std::future::pending::<()>().await;
        }
    }

    /// The others here.
    pub fn company(&self) -> Company {
        let pages = lock(&self.here.pages);
        let Some(here) = pages.get(&self.page) else {
            return Company::default();
        };
        let others = here.by_name.keys().filter(|who| **who != self.who);
        Company {
            count: here.by_name.len() - usize::from(here.by_name.contains_key(&self.who)),
            names: others.take(NAMES).map(|(name, _)| name.clone()).collect(),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(departure) = self.here.leave(&self.page, &self.who) else {
            return;
        };
        let (here, page, who) = (self.here.clone(), self.page.clone(), self.who.clone());
        // Without a runtime the program is at its end, and nobody is told anything any more.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                tokio::time::sleep(GRACE).await;
                here.forget(&page, &who, departure);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(seat: &Seat) -> Vec<String> {
        seat.company().names
    }

    #[test]
    fn each_account_counts_once_and_nobody_sees_themselves() {
        let here = Here::default();
        let ada = here.enter("/schedule".to_owned(), AccountId(1), "Ada");
        let _again = here.enter("/schedule".to_owned(), AccountId(1), "Ada");
        let bo = here.enter("/schedule".to_owned(), AccountId(2), "Bo");
        let elsewhere = here.enter("/people".to_owned(), AccountId(3), "Cy");
        assert_eq!(names(&ada), ["Bo"]);
        assert_eq!(names(&bo), ["Ada"]);
        assert_eq!(elsewhere.company(), Company::default());
    }

    #[test]
    fn who_comes_back_within_the_grace_never_left_and_who_does_not_is_forgotten() {
        let here = Here::default();
        let who = ("Bo".to_owned(), AccountId(2));
        let ada = here.enter("/".to_owned(), AccountId(1), "Ada");
        let bo = here.enter("/".to_owned(), AccountId(2), "Bo");
        drop(bo);
        assert_eq!(names(&ada), ["Bo"], "a reload is not a departure");
        let back = here.enter("/".to_owned(), AccountId(2), "Bo");
        here.forget("/", &who, 1);
        assert_eq!(names(&ada), ["Bo"]);
        drop(back);
        here.forget("/", &who, 2);
        assert_eq!(ada.company(), Company::default());
        drop(ada);
        here.forget("/", &("Ada".to_owned(), AccountId(1)), 1);
        assert!(lock(&here.pages).is_empty(), "an empty page takes no memory");
    }

    #[test]
    fn of_a_crowd_the_number_is_told_and_the_first_names() {
        let here = Here::default();
        let seats: Vec<Seat> = (0..30)
            .map(|number| here.enter("/".to_owned(), AccountId(number), &format!("N{number:02}")))
            .collect();
        let company = seats[0].company();
        assert_eq!((company.count, company.names.len()), (29, NAMES));
        assert_eq!(company.names[0], "N01");
    }
}
