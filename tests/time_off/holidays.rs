//! Holidays of a country, and those that a file brings.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House};
use crate::time_off::people::{capacity, faults};

async fn calendar(admin: &Guest, body: &Value) -> i64 {
    let answer = admin.post("/api/v1/calendars", body).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
}

#[tokio::test]
async fn a_countrys_holidays_come_again_each_year_and_take_capacity() {
    let house = House::open().await;
    let seed = house.seed().await;
    let admin = house.admin().await;
    let id = calendar(&admin, &json!({ "name": "Oslo", "country": "NO" })).await;
    let own = json!({ "calendar": id });
    admin
        .send(Method::PATCH, &format!("/api/v1/people/{}", seed.ada), &own)
        .await;
    // 17 May is a Monday in 2027, and Whit Monday with it; in 2028 it is a Wednesday.
    assert_eq!(capacity(&admin, seed.ada, "2027-05-17", 1).await, json!([32]));
    assert_eq!(capacity(&admin, seed.ada, "2028-05-15", 1).await, json!([32]));
    let days = admin
        .json(&format!(
            "/api/v1/calendars/{id}/days?from=2027-05-01&to=2027-05-31"
        ))
        .await;
    assert_eq!(days.as_array().unwrap().len(), 4, "{days}");
    let place = format!("/settings/calendars/{id}");
    let twice = admin.form(&format!("{place}/rules"), &[("country", "NO")]).await;
    assert_eq!(twice.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let eve = [("day", "2026-12-24"), ("name", "Christmas Eve"), ("half", "on")];
    assert_eq!(
        admin.form(&format!("{place}/rules"), &eve).await.status(),
        StatusCode::SEE_OTHER
    );
    // Half of Thursday the 24th, and the 25th.
    assert_eq!(capacity(&admin, seed.ada, "2026-12-21", 1).await, json!([28]));
    let page = admin.text(&place).await;
    assert!(page.contains("Constitution Day") && page.contains("from midday"));
    let all = admin.json("/api/v1/calendars").await;
    let rules = all[0]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["name"] == "Christmas Eve").unwrap();
    let removed = admin
        .form(&format!("{place}/rules/{}/remove", rule["id"]), &[])
        .await;
    assert_eq!(removed.status(), StatusCode::SEE_OTHER);
    assert_eq!(capacity(&admin, seed.ada, "2026-12-21", 1).await, json!([32]));
    // Taken away with the calendar, its rules come back with it.
    let nobodys = calendar(&admin, &json!({ "name": "", "country": "AT" })).await;
    let gone = admin
        .form(&format!("/settings/calendars/{nobodys}/remove"), &[])
        .await;
    let change_set = gone.headers()["location"]
        .to_str()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(admin.json("/api/v1/calendars").await.as_array().unwrap().len(), 1);
    admin
        .post(&format!("/api/v1/change-sets/{change_set}/undo"), &json!({}))
        .await;
    let back = admin.json("/api/v1/calendars").await;
    let austria = back
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Austria")
        .unwrap();
    assert_eq!(austria["rules"].as_array().unwrap().len(), 13);
    assert_eq!(
        faults(
            admin
                .post(
                    &format!("/api/v1/calendars/{id}/rules"),
                    &json!({ "country": "XX" })
                )
                .await
        )
        .await[0]
            .0,
        "country"
    );
}

const ICS: &str = "\u{feff}BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261231\r\n\
DTEND;VALUE=DATE:20270102\r\nSUMMARY:Turn of the ye\r\n ar\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
DTSTART;VALUE=DATE:20200619\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Harbour day\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
DTSTART:20261218T160000Z\r\nSUMMARY:Party\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn an_icalendar_file_is_shown_before_it_is_brought() {
    let house = House::open().await;
    let admin = house.admin().await;
    let id = calendar(&admin, &json!({ "name": "Oslo" })).await;
    let day = json!({ "day": "2027-01-01", "name": "New Year" });
    admin
        .post(&format!("/api/v1/calendars/{id}/holidays"), &day)
        .await;
    let upload = async |text: &str| {
        let part = reqwest::multipart::Part::text(text.to_owned()).file_name("days.ics");
        let form = reqwest::multipart::Form::new()
            .text("csrf", admin.form_key.clone())
            .part("file", part);
        let request = admin.request(Method::POST, &format!("/settings/calendars/{id}/ics"));
        request.multipart(form).send().await.unwrap()
    };
    let shown = upload(ICS).await;
    assert_eq!(shown.status(), StatusCode::OK);
    let page = shown.text().await.unwrap();
    for text in [
        "Turn of the year",
        "31 December 2026",
        "Harbour day",
        "line 15",
        "time of day",
        "1 known already",
        "Add 2 holidays",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert_eq!(
        admin.json("/api/v1/calendars").await[0]["holidays"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let brought = admin
        .form(&format!("/settings/calendars/{id}/ics/confirm"), &[("ics", ICS)])
        .await;
    assert_eq!(brought.status(), StatusCode::SEE_OTHER);
    let days = admin
        .json(&format!(
            "/api/v1/calendars/{id}/days?from=2026-12-01&to=2027-06-30"
        ))
        .await;
    let days: Vec<_> = days
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["day"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(days, ["2026-12-31", "2027-01-01", "2027-06-19"]);
    let again = admin
        .post(
            &format!("/api/v1/calendars/{id}/ics"),
            &json!({ "ics": ICS, "dryRun": true }),
        )
        .await;
    let again: Value = again.json().await.unwrap();
    assert_eq!(
        (again["days"].clone(), again["rules"].clone()),
        (json!([]), json!([]))
    );
    assert_eq!(again["known"].as_array().unwrap().len(), 3);
    let bad = upload("name,day\r\n").await;
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        bad.text()
            .await
            .unwrap()
            .contains("line 1: this is not an iCalendar file")
    );
}
