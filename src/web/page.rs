//! Lists that are too long for one answer are told a page at a time.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;

use super::form::{Fields, Reader};
use crate::error::AppError;

/// How many items a page holds where nobody says.
const USUAL: usize = 100;
/// How many it holds at most.
const MOST: usize = 500;
const NOT_NEXT: &str = "must be what `next` said";

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Ask with this as `after` for the next page; none where this is the last.
    pub next: Option<i64>,
}

/// The page of a list that `after` and `limit` of a query name.
#[derive(Clone, Copy, Debug)]
pub struct PageOf {
    /// After which item it begins; none for the first page.
    pub after: Option<i64>,
    limit: usize,
}

impl PageOf {
    /// Reads `after` and `limit`, each of which may be blank.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            after: reader.optional("after", |text| text.parse().map_err(|_| NOT_NEXT)),
            limit: reader
                .optional("limit", |text| text.parse().map_err(|_| "must be a number"))
                .unwrap_or(USUAL)
                .clamp(1, MOST),
        }
    }

    /// Of a list in an order of its own: the items after the one that `after` names.
    ///
    /// # Errors
    /// Where `after` names none of them.
    pub fn ordered<'a, T>(&self, all: &'a [T], id: impl Fn(&T) -> i64) -> Result<Page<&'a T>, AppError> {
        let skip = match self.after {
            None => 0,
            Some(after) => {
                let place = all.iter().position(|one| id(one) == after);
                place.ok_or_else(|| AppError::field("after", NOT_NEXT))? + 1
            }
        };
        Ok(self.first(all.iter().skip(skip), |one| id(one)))
    }

    /// Of a list by id: the items above `after`, which itself may be gone by now.
    pub fn by_id<T>(&self, all: impl IntoIterator<Item = T>, id: impl Fn(&T) -> i64) -> Page<T> {
        let above = |one: &T| self.after.is_none_or(|after| id(one) > after);
        let mut found: Vec<T> = all.into_iter().filter(above).collect();
        found.sort_by_key(&id);
        self.first(found, id)
    }

    /// Of items that are in order and after `after` already: as many as a page holds.
    pub fn first<T>(&self, rest: impl IntoIterator<Item = T>, id: impl Fn(&T) -> i64) -> Page<T> {
        let mut items: Vec<T> = rest.into_iter().take(self.limit + 1).collect();
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| more).map(id);
        Page { items, next }
    }
}

impl<T> Page<T> {
    /// The same page of what `change` makes of its items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PageOf {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AppError> {
        let fields = Fields::from_query(parts.uri.query());
        let mut reader = Reader::new(&fields);
        let page = Self::read(&mut reader);
        reader.finish(page).map_err(AppError::Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> PageOf {
        PageOf::read(&mut Reader::new(&Fields::from_query(Some(query))))
    }

    #[test]
    fn a_list_by_id_goes_on_where_its_last_item_is_gone() {
        let page = asked("after=4&limit=2").by_id([9, 2, 7, 5, 3], |id| *id);
        assert_eq!((page.items, page.next), (vec![5, 7], Some(7)));
        let page = asked("after=7&limit=2").by_id([9, 2, 7, 5, 3], |id| *id);
        assert_eq!((page.items, page.next), (vec![9], None));
    }

    #[test]
    fn a_list_in_an_order_of_its_own_goes_on_after_a_known_item_only() {
        let all = [9, 2, 7];
        let page = asked("after=9&limit=1").ordered(&all, |id| *id).unwrap();
        assert_eq!((page.items, page.next), (vec![&2], Some(2)));
        assert!(asked("after=4").ordered(&all, |id| *id).is_err());
    }

    #[test]
    fn a_page_holds_one_to_five_hundred() {
        for (query, expected) in [("", 100), ("limit=", 100), ("limit=0", 1), ("limit=501", 500)] {
            assert_eq!(
                asked(query).by_id(0..1000, |id| *id).items.len(),
                expected,
                "{query}"
            );
        }
    }
}
