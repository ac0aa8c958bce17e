//! Work in the background: done once, tried again, and alive after whatever happens to the process.

#[cfg(test)]
mod tests {
    use ballast::db::DbError;
    use ballast::jobs::{self, store};
    use reqwest::StatusCode;

    use crate::house::{House, NOW};

    const DAY: i64 = 86_400_000;

    async fn lines(house: &House) -> Vec<store::Line> {
        let read = house.app.db.read(|tx| store::list(tx, 100)).await;
        let mut lines = read.unwrap();
        lines.sort_by_key(|line| line.id);
        lines
    }

    async fn add(house: &House, kind: &'static str) -> i64 {
        let gesture = house.app.own_gesture("ask for work");
        let added = house
            .app
            .db
            .write(gesture, move |tx| store::add(tx, kind, b"", tx.now()))
            .await;
        added.unwrap().value
    }

    /// Makes the schedules, as the server does when it begins.
    async fn begin(house: &House) {
        let (stop, stopped) = tokio::sync::watch::channel(true);
        jobs::serve(house.app.clone(), stopped).await;
        drop(stop);
    }

    #[tokio::test]
    async fn regular_work_is_done_once_for_each_of_its_moments() {
        let house = House::open().await;
        begin(&house).await;
        jobs::tick(&house.app).await.unwrap();
        jobs::tick(&house.app).await.unwrap();
        let first = jobs::run_due(&house.app).await.unwrap();
        assert_eq!(
            first,
            ballast::work::TABLE.regular.len(),
            "all of it at the first start"
        );
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 0);
        // A week without power is made up for by one run of each.
        house.app.clock.set(NOW + 7 * DAY);
        let together = tokio::join!(jobs::tick(&house.app), jobs::tick(&house.app));
        together.0.unwrap();
        together.1.unwrap();
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), first);
        for line in lines(&house).await {
            assert_eq!(
                (line.state.as_str(), line.fault.as_str()),
                ("done", ""),
                "{line:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_fails_is_tried_again_later_and_given_up_in_the_end() {
        let house = House::open().await;
        let id = add(&house, "nobody knows this").await;
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 1);
        let all = lines(&house).await;
        assert_eq!((all[0].id, all[0].state.as_str()), (id, "failed"));
        assert_eq!(all[0].fault, "nobody knows this kind of job");
        let gesture = house.app.own_gesture("try again");
        let again = house
            .app
            .db
            .write(gesture, move |tx| store::try_again(tx, id))
            .await;
        assert!(again.unwrap().value);
        assert_eq!(lines(&house).await[0].state, "waiting");
    }

    #[tokio::test]
    async fn a_job_whose_worker_is_gone_is_begun_again_after_its_time_or_at_the_next_start() {
        let house = House::open().await;
        let id = add(&house, "clean-up").await;
        let claim = || async {
            let gesture = house.app.own_gesture("begin a job");
            let claimed = house
                .app
                .db
                .write(gesture, |tx| store::claim(tx, tx.now() + 60_000))
                .await;
            claimed.unwrap().value.map(|job| (job.id, job.attempts))
        };
        let attempt = move |number| store::Attempt { job: id, number };
        assert_eq!(claim().await, Some((id, 1)));
        assert_eq!(claim().await, None, "somebody has it");
        house.app.clock.set(NOW + 60_000);
        assert_eq!(claim().await, Some((id, 2)), "whoever had it is silent");
        let gesture = house.app.own_gesture("give back");
        let back = house.app.db.write(gesture, store::give_back).await;
        assert_eq!(back.unwrap().value, 1);
        assert_eq!(claim().await, Some((id, 2)), "which was no attempt");
        house
            .app
            .db
            .write(house.app.own_gesture("end a job"), move |tx| {
                store::fail(tx, attempt(2), "no", Some(tx.now() + 1_000))
            })
            .await
            .unwrap();
        assert_eq!(claim().await, None);
        house.app.clock.set(NOW + 61_000);
        assert_eq!(claim().await, Some((id, 3)));
        let gesture = house.app.own_gesture("end a job");
        house
            .app
            .db
            .write(gesture, move |tx| {
                // Whoever had it before and comes back late changes nothing.
                assert!(!store::hold(tx, attempt(2), tx.now() + 60_000)?);
                assert!(!store::fail(tx, attempt(2), "late", None)?);
                assert!(!store::finish(tx, attempt(2))?);
                assert!(store::finish(tx, attempt(3))?);
                store::fail(tx, attempt(3), "later still", Some(0))
            })
            .await
            .unwrap();
        assert_eq!(claim().await, None);
        let line = lines(&house).await.remove(0);
        assert_eq!((line.state.as_str(), line.fault.as_str()), ("done", ""));
    }

    #[tokio::test]
    async fn a_job_of_which_the_process_dies_is_given_up_in_the_end() {
        let house = House::open().await;
        let id = add(&house, "clean-up").await;
        let most = house.app.jobs.table.kind("clean-up").unwrap().attempts;
        for number in 1..=most {
            let gesture = house.app.own_gesture("begin a job");
            let claimed = house.app.db.write(gesture, |tx| {
                let claimed = store::claim(tx, tx.now() + 60_000)?;
                // Nobody gives it back: the next process finds it.
                store::take_over(tx)?;
                Ok::<_, DbError>(claimed)
            });
            let job = claimed.await.unwrap().value.unwrap();
            assert_eq!((job.id, job.attempts), (id, number));
        }
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 1);
        let line = lines(&house).await.remove(0);
        assert_eq!(line.state, "failed");
        assert_eq!(line.fault, "Ballast ended each time while it was being worked on");
    }

    #[tokio::test]
    async fn a_schedule_that_rests_begins_nothing_and_one_that_was_changed_stays_so() {
        let house = House::open().await;
        begin(&house).await;
        let change = |paused: bool| {
            let gesture = house.app.own_gesture("change schedules");
            house.app.db.write(gesture, move |tx| {
                for mut schedule in store::schedules(tx)? {
                    schedule.paused = paused;
                    schedule.cron = "0 6 * * *".to_owned();
                    store::change_schedule(tx, &schedule)?;
                }
                Ok::<_, DbError>(())
            })
        };
        change(true).await.unwrap();
        jobs::tick(&house.app).await.unwrap();
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 0);
        begin(&house).await;
        let kept = house.app.db.read(store::schedules).await.unwrap();
        assert!(
            kept.iter().all(|one| one.paused && one.cron == "0 6 * * *"),
            "{kept:?}"
        );
        change(false).await.unwrap();
        jobs::tick(&house.app).await.unwrap();
        assert!(jobs::run_due(&house.app).await.unwrap() > 0);
    }

    #[tokio::test]
    async fn an_administrator_sees_and_steers_what_is_done() {
        let house = House::open().await;
        begin(&house).await;
        let admin = house.admin().await;
        let failed = add(&house, "nobody knows this").await;
        jobs::tick(&house.app).await.unwrap();
        jobs::run_due(&house.app).await.unwrap();
        let page = admin.text("/settings/jobs").await;
        for words in [
            "Forget sessions, codes and jobs",
            "given up",
            "nobody knows this kind of job",
            "1 given up",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let told = admin.json("/api/v1/jobs").await;
        assert_eq!(told["jobs"][0]["state"], "failed");
        assert_eq!(
            told["schedules"].as_array().unwrap().len(),
            ballast::work::TABLE.regular.len()
        );
        // Tried again, it fails again; forgotten, it is gone.
        for (act, state) in [("again", "waiting"), ("forget", "done")] {
            let answer = admin.form(&format!("/settings/jobs/{failed}/{act}"), &[]).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{act}");
            let said = admin.text(answer.headers()["location"].to_str().unwrap()).await;
            let words = if act == "again" {
                "It is tried again now."
            } else {
                "taken out of the queue"
            };
            assert!(said.contains(words), "{act}: {said}");
            assert_eq!(
                admin.json("/api/v1/jobs").await["jobs"][0]["state"],
                state,
                "{act}"
            );
        }
        let again = admin.form(&format!("/settings/jobs/{failed}/forget"), &[]).await;
        assert_eq!(again.status(), StatusCode::NOT_FOUND);
        let run = admin.form("/settings/jobs/schedules/clean-up/run", &[]).await;
        assert_eq!(run.headers()["location"], "/settings/jobs?said=work-begun");
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_job_that_begins_or_ends_is_told_of_without_moving_the_plan_on() {
        let house = House::open().await;
        let admin = house.admin().await;
        add(&house, "clean-up").await;
        let revision = house.app.book().revision;
        let mut line = admin.get("/events").await;
        let mut heard = String::new();
        let mut until = async |words: &str| {
            while !heard.contains(words) {
                heard.push_str(std::str::from_utf8(&line.chunk().await.unwrap().unwrap()).unwrap());
            }
        };
        until("event: hello").await;
        jobs::run_due(&house.app).await.unwrap();
        until(&format!("{{\"revision\":{revision},\"topic\":\"jobs\"}}")).await;
        assert_eq!(house.app.book().revision, revision);
    }

    #[tokio::test]
    async fn a_schedule_is_changed_by_its_form_which_says_what_it_cannot_read() {
        let house = House::open().await;
        begin(&house).await;
        let admin = house.admin().await;
        let path = "/settings/jobs/schedules/clean-up";
        assert!(admin.text(&format!("{path}/edit")).await.contains("40 3 * * *"));
        for (cron, zone, fault) in [
            ("every day", "UTC", "must be five fields of cron"),
            ("0 6 * * *", "Mars/Olympus", "must name a time zone"),
            ("0 6 30 2 *", "UTC", "names a day that never comes"),
        ] {
            let answer = admin
                .form(path, &[("cron", cron), ("zone", zone), ("misfire", "once")])
                .await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{cron} {zone}");
            let page = answer.text().await.unwrap();
            assert!(page.contains(fault) && page.contains(cron), "{page}");
        }
        let good = [
            ("cron", "0 6 * * *"),
            ("zone", "Europe/Amsterdam"),
            ("misfire", "skip"),
            ("paused", "on"),
        ];
        let said = async |fields: &[(&str, &str)]| {
            let answer = admin.form(path, fields).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER);
            let place = answer.headers()["location"].to_str().unwrap().to_owned();
            place.rsplit_once("said=").unwrap().1.to_owned()
        };
        assert_eq!(said(&good[..3]).await, "schedule-saved");
        assert_eq!(said(&good).await, "schedule-paused");
        assert_eq!(said(&good[..3]).await, "schedule-resumed");
        assert_eq!(said(&good).await, "schedule-paused");
        let all = house.app.db.read(store::schedules).await.unwrap();
        let changed = all.iter().find(|one| one.name == "clean-up").unwrap();
        assert!(
            changed.paused && changed.zone == "Europe/Amsterdam" && changed.misfire == jobs::Misfire::Skip
        );
    }
}
