//! A request that is sent again under its key is answered again, and done once.

#[cfg(test)]
mod tests {
    use ballast::accounts::Access;
    use futures_util::future::join_all;
    use reqwest::{Method, Response, StatusCode};
    use serde_json::{Value, json};

    use crate::house::{Guest, House, NOW};

    const CLIENTS: &str = "/api/v1/clients";

    async fn ask(who: &Guest, key: &str, name: &str) -> Response {
        let request = who.request(Method::POST, CLIENTS).header("Idempotency-Key", key);
        request.json(&json!({ "name": name })).send().await.unwrap()
    }

    async fn clients(who: &Guest) -> usize {
        let all = who.json(CLIENTS).await;
        all["items"].as_array().or(all.as_array()).unwrap().len()
    }

    fn is_replayed(answer: &Response) -> bool {
        answer.headers().contains_key("idempotent-replayed")
    }

    #[tokio::test]
    async fn a_repetition_is_answered_as_the_first_was_and_changes_nothing() {
        let house = House::open().await;
        let manager = house.manager().await;
        let first = ask(&manager, "0b9e-first-key", "Nordlys").await;
        assert_eq!(
            (first.status(), is_replayed(&first)),
            (StatusCode::CREATED, false)
        );
        let first: Value = first.json().await.unwrap();
        let again = ask(&manager, "0b9e-first-key", "Nordlys").await;
        assert_eq!((again.status(), is_replayed(&again)), (StatusCode::CREATED, true));
        assert_eq!(again.json::<Value>().await.unwrap(), first);
        assert_eq!(clients(&manager).await, 1);
        ask(&manager, "0b9e-second-key", "Kaia").await;
        assert_eq!(clients(&manager).await, 2);
    }

    #[tokio::test]
    async fn of_a_hundred_at_once_one_is_done() {
        let house = House::open().await;
        let manager = house.manager().await;
        let answers = join_all((0..100).map(|_| ask(&manager, "a-hundred-at-once", "Nordlys"))).await;
        let done = answers
            .iter()
            .filter(|one| one.status() == StatusCode::CREATED && !is_replayed(one));
        assert_eq!(done.count(), 1);
        let others = answers
            .iter()
            .filter(|one| !matches!(one.status().as_u16(), 201 | 409 | 429));
        assert_eq!(
            others.count(),
            0,
            "the rest is told the answer, or that it is being done"
        );
        assert_eq!(clients(&manager).await, 1);
    }

    #[tokio::test]
    async fn a_key_is_of_one_account_and_of_one_request() {
        let house = House::open().await;
        let manager = house.manager().await;
        ask(&manager, "one-request-only", "Nordlys").await;
        let other = ask(&manager, "one-request-only", "Kaia").await;
        assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let colleague = house.guest_called(Access::Manager, "Col").await;
        let theirs = ask(&colleague, "one-request-only", "Kaia").await;
        assert_eq!(
            (theirs.status(), is_replayed(&theirs)),
            (StatusCode::CREATED, false)
        );
        for key in ["short", &"x".repeat(129), "with a space in it"] {
            assert_eq!(
                ask(&manager, key, "Kai").await.status(),
                StatusCode::BAD_REQUEST,
                "{key}"
            );
        }
    }

    #[tokio::test]
    async fn who_hangs_up_and_asks_again_is_answered_and_it_is_done_once() {
        use tokio::io::AsyncWriteExt as _;
        let house = House::open().await;
        let manager = house.manager().await;
        let place = house.address.trim_start_matches("http://").to_owned();
        let cookie = manager.cookie.clone().unwrap();
        for turn in 0..20 {
            let (key, name) = (format!("hung-up-{turn:03}"), format!("Client {turn}"));
            let body = json!({ "name": name }).to_string();
            let request = format!(
                "POST {CLIENTS} HTTP/1.1\r\nHost: {place}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
                 Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let mut stream = tokio::net::TcpStream::connect(&place).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            drop(stream);
            let answer = loop {
                let answer = ask(&manager, &key, &name).await;
                if answer.status() != StatusCode::CONFLICT {
                    break answer;
                }
                tokio::task::yield_now().await;
            };
            assert_eq!(answer.status(), StatusCode::CREATED, "turn {turn}");
            assert_eq!(clients(&manager).await, turn + 1);
        }
    }

    #[tokio::test]
    async fn a_story_that_is_sent_again_stands_once_in_its_room() {
        let house = House::open().await;
        let manager = house.manager().await;
        let made = manager.form("/poker", &[]).await;
        let room = made.headers()["location"].to_str().unwrap();
        let stories = format!("/api/v1{room}/stories");
        let add = async || {
            let request = manager.request(Method::POST, &stories);
            let request = request.header("Idempotency-Key", "one-story-only");
            request
                .json(&json!({ "name": "Charge overnight" }))
                .send()
                .await
                .unwrap()
        };
        let (first, again) = (add().await, add().await);
        assert_eq!(
            (first.status(), is_replayed(&first)),
            (StatusCode::CREATED, false)
        );
        assert_eq!((again.status(), is_replayed(&again)), (StatusCode::CREATED, true));
        let told = manager.json(&stories).await;
        assert_eq!(told["stories"].as_array().map(Vec::len), Some(1), "{told}");
    }

    #[tokio::test]
    async fn what_was_refused_leaves_its_key_free() {
        let house = House::open().await;
        let manager = house.manager().await;
        let refused = ask(&manager, "refused-at-first", "").await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let right = ask(&manager, "refused-at-first", "Nordlys").await;
        assert_eq!(
            (right.status(), is_replayed(&right)),
            (StatusCode::CREATED, false)
        );
    }

    #[tokio::test]
    async fn an_answer_that_was_cut_off_is_told_by_its_change_set_and_keys_are_forgotten_after_a_day() {
        let house = House::open().await;
        let manager = house.manager().await;
        let first: Value = ask(&manager, "cut-off-by-a-kill", "Nordlys")
            .await
            .json()
            .await
            .unwrap();
        let gesture = house.app.own_gesture("lose the answer");
        let lost = house.app.db.write(gesture, |tx| {
            let kept: Option<Vec<u8>> = tx.first("select answer from request_once", &[], |row| row.get(0))?;
            tx.execute(
                "update request_once set answer = null, request = 'of a process that is gone'",
                &[],
            )?;
            Ok::<_, ballast::db::DbError>(kept)
        });
        let kept = lost.await.unwrap().value.unwrap();
        let is_open = kept.windows(7).any(|window| window == b"Nordlys");
        assert!(!is_open, "answers lie sealed");
        let again = ask(&manager, "cut-off-by-a-kill", "Nordlys").await;
        assert_eq!((again.status(), is_replayed(&again)), (StatusCode::OK, true));
        let again: Value = again.json().await.unwrap();
        assert!(again["changeSet"].is_i64(), "{again} after {first}");

        house.app.clock.set(NOW + 2 * 86_400_000);
        let gesture = house.app.own_gesture("clean up");
        let asked = house.app.db.write(gesture, |tx| {
            ballast::jobs::store::add(tx, "clean-up", &[], tx.now())
        });
        asked.await.unwrap();
        ballast::jobs::run_due(&house.app).await.unwrap();
        let left = house
            .app
            .db
            .read(|tx| tx.first("select count(*) from request_once", &[], |row| row.get::<i64>(0)));
        assert_eq!(left.await.unwrap(), Some(0));
    }
}
