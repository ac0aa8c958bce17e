//! The line of events over HTTP: what is told, what is resumed, who is here, and when it ends.

#[cfg(test)]
mod events {
    use ballast::accounts::Access;
    use ballast::feed::{Event, LINES_EACH};
    use reqwest::{Method, Response};
    use serde_json::{Value, json};

    use crate::house::{Guest, House, Seed};

    /// One event as a browser reads it.
    #[derive(Debug)]
    struct Told {
        id: Option<i64>,
        name: String,
        data: Value,
    }

    /// An open line that is read event by event.
    struct Line {
        answer: Response,
        read: String,
    }

    impl Line {
        async fn open(guest: &Guest, query: &str) -> Self {
            Self::answered(guest.get(&format!("/events{query}")).await)
        }

        fn answered(answer: Response) -> Self {
            assert_eq!(answer.status(), 200);
            Self {
                answer,
                read: String::new(),
            }
        }

        /// The next event, or nothing where the line has ended.
        async fn next(&mut self) -> Option<Told> {
            while !self.read.contains("\n\n") {
                let more = self.answer.chunk().await.ok()??;
                self.read.push_str(std::str::from_utf8(&more).unwrap());
            }
            let (event, rest) = self.read.split_once("\n\n").unwrap();
            let field = |name: &str| {
                let line = event.lines().find_map(|line| line.strip_prefix(name))?;
                line.strip_prefix(": ").map(str::to_owned)
            };
            let event = Told {
                id: field("id").map(|id| id.parse().unwrap()),
                name: field("event").unwrap(),
                data: serde_json::from_str(&field("data").unwrap()).unwrap(),
            };
            self.read = rest.to_owned();
            Some(event)
        }

        /// The next event of that name.
        async fn until(&mut self, name: &str) -> Told {
            loop {
                let event = self.next().await.expect("the line stays open");
                if event.name == name {
                    return event;
                }
            }
        }

        /// What the line still says before it ends.
        async fn rest(mut self) -> Vec<String> {
            let mut names = Vec::new();
            while let Some(event) = self.next().await {
                names.push(event.name);
            }
            names
        }
    }

    /// Sets Ada's hours of this week and answers the revision that made.
    async fn set_hours(guest: &Guest, seed: &Seed, hours: i64) -> i64 {
        let body = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": hours }] });
        let answer = guest.post("/api/v1/hours", &body).await;
        assert!(answer.status().is_success());
        answer.json::<Value>().await.unwrap()["revision"]
            .as_i64()
            .unwrap()
    }

    #[tokio::test]
    async fn a_change_is_told_by_topic_and_revision_and_nothing_else() {
        let house = House::open().await;
        let seed = house.seed().await;
        let (viewer, manager) = (house.guest(Access::Viewer).await, house.manager().await);
        let mut line = Line::open(&viewer, "?at=/schedule").await;
        let headers = line.answer.headers();
        assert_eq!(headers["content-type"], "text/event-stream");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-accel-buffering"], "no");
        assert!(!headers.contains_key("content-encoding"));
        assert_eq!(line.next().await.unwrap().name, "hello");
        let revision = set_hours(&manager, &seed, 12).await;
        let told = line.until("changed").await;
        assert_eq!(told.id, Some(revision));
        assert_eq!(told.data, json!({ "revision": revision, "topic": "plan" }));
    }

    #[tokio::test]
    async fn who_was_away_for_a_moment_hears_what_they_missed_once_for_each_topic() {
        let house = House::open().await;
        let seed = house.seed().await;
        let (viewer, manager) = (house.guest(Access::Viewer).await, house.manager().await);
        let mut line = Line::open(&viewer, "").await;
        let heard = line.next().await.unwrap().id.unwrap();
        drop(line);
        for hours in [8, 16] {
            set_hours(&manager, &seed, hours).await;
        }
        let newest = set_hours(&manager, &seed, 24).await;
        for resumed in [
            viewer.get(&format!("/events?after={heard}")).await,
            viewer
                .request(Method::GET, "/events")
                .header("Last-Event-ID", heard.to_string())
                .send()
                .await
                .unwrap(),
        ] {
            let mut line = Line::answered(resumed);
            let hello = line.next().await.unwrap();
            assert_eq!((hello.name.as_str(), hello.id), ("hello", Some(heard)));
            let told = line.next().await.unwrap();
            assert_eq!(told.data, json!({ "revision": newest, "topic": "plan" }));
        }
        let mut line = Line::open(&viewer, &format!("?after={newest}")).await;
        assert_eq!(line.next().await.unwrap().id, Some(newest));
        set_hours(&manager, &seed, 32).await;
        assert_eq!(
            line.next().await.unwrap().id,
            Some(newest + 1),
            "nothing is told twice"
        );
    }

    #[tokio::test]
    async fn a_gap_asks_for_everything_anew() {
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        let mut slow = Line::open(&viewer, "").await;
        let heard = slow.next().await.unwrap().id.unwrap();
        // More than is kept happens at once, which nobody who was away, or was slow to read, can be told of.
        let topic = "plan";
        let burst: Vec<Event> = (heard + 1..=heard + 2_000)
            .map(|revision| Event { revision, topic })
            .collect();
        house.app.feed.publish(&burst);
        assert_eq!(slow.next().await.unwrap().name, "resync");
        for after in [heard, heard + 900_000] {
            let mut line = Line::open(&viewer, &format!("?after={after}")).await;
            let told = line.next().await.unwrap();
            assert_eq!((told.name.as_str(), told.id), ("resync", Some(heard + 2_000)));
        }
        let mut line = Line::open(&viewer, "?after=yesterday").await;
        assert_eq!(line.next().await.unwrap().name, "hello");
    }

    #[tokio::test]
    async fn those_on_the_same_page_see_each_other_once_each() {
        let house = House::open().await;
        let ada = house.guest_called(Access::Viewer, "Ada Osei").await;
        let bo = house.guest_called(Access::Manager, "Bo Lindqvist").await;
        let cy = house.guest_called(Access::Member, "Cy Mora").await;
        let mut adas = Line::open(&ada, "?at=/schedule").await;
        assert_eq!(adas.until("here").await.data, json!({ "count": 0, "names": [] }));
        let _bos = Line::open(&bo, "?at=/schedule%3Fweeks=26").await;
        let _his_other = Line::open(&bo, "?at=/schedule").await;
        let mut cys = Line::open(&cy, "?at=/people").await;
        assert_eq!(
            adas.until("here").await.data,
            json!({ "count": 1, "names": ["Bo Lindqvist"] })
        );
        assert_eq!(cys.until("here").await.data["count"], 0);
    }

    #[tokio::test]
    async fn one_account_cannot_take_every_place() {
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        let other = house.guest(Access::Member).await;
        let mut others = Line::open(&other, "").await;
        let first = Line::open(&viewer, "").await;
        let mut kept = Vec::new();
        for _ in 0..LINES_EACH {
            kept.push(Line::open(&viewer, "").await);
        }
        assert_eq!(first.rest().await, ["hello"], "the oldest has ended");
        assert_eq!(others.next().await.unwrap().name, "hello");
        assert_eq!(house.app.feed.lines(), LINES_EACH + 1);
    }

    #[tokio::test]
    async fn a_line_ends_with_its_session_and_that_of_another_browser_stays() {
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        let elsewhere = house.guest(Access::Viewer).await;
        let ends = Line::open(&viewer, "").await;
        let mut stays = Line::open(&elsewhere, "").await;
        assert_eq!(viewer.form("/auth/logout", &[]).await.status(), 303);
        assert_eq!(ends.rest().await, ["hello"]);
        assert_eq!(stays.next().await.unwrap().name, "hello");
        assert_eq!(house.app.feed.lines(), 1);
        assert_eq!(viewer.get("/events").await.status(), 303);
    }

    #[tokio::test]
    async fn a_link_to_a_feed_ends_nobodys_line() {
        let house = House::open().await;
        let seed = house.seed().await;
        let (viewer, manager) = (house.guest(Access::Viewer).await, house.manager().await);
        let mut line = Line::open(&viewer, "").await;
        assert_eq!(line.next().await.unwrap().name, "hello");
        let before = house.app.book().revision_of(None);
        let made = viewer.post("/api/v1/feeds", &json!({ "about": "team" })).await;
        assert!(made.status().is_success());
        assert_eq!(
            house.app.book().revision_of(None),
            before,
            "it is no part of the plan"
        );
        assert_eq!(line.until("changed").await.data["topic"], "feeds");
        let revision = set_hours(&manager, &seed, 8).await;
        assert_eq!(line.until("changed").await.id, Some(revision));
    }

    #[tokio::test]
    async fn a_change_of_accounts_ends_every_line_and_does_not_end_the_next_one() {
        let house = House::open().await;
        let (viewer, admin) = (house.guest(Access::Viewer).await, house.admin().await);
        let mut line = Line::open(&viewer, "").await;
        let heard = line.next().await.unwrap().id.unwrap();
        let account = json!({ "email": "new@example.org", "name": "New", "access": "viewer", "new-password": "a long enough one" });
        let made = admin.post("/api/v1/accounts", &account).await;
        assert_eq!(made.status(), 201, "{}", made.text().await.unwrap());
        assert_eq!(line.rest().await, Vec::<String>::new());
        let mut next = Line::open(&viewer, &format!("?after={heard}")).await;
        assert_eq!(next.next().await.unwrap().name, "hello");
        let seed = house.seed().await;
        set_hours(&admin, &seed, 4).await;
        next.until("changed").await;
    }

    #[tokio::test]
    async fn a_page_says_from_where_on_it_listens() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let page = manager.text("/people").await;
        let shown = crate::house::between(&page, "data-revision=\"", "\"").unwrap();
        let revision = set_hours(&manager, &seed, 20).await;
        let mut line = Line::open(&manager, &format!("?after={shown}")).await;
        assert_eq!(line.until("changed").await.id, Some(revision));
    }
}
