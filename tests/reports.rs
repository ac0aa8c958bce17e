//! Reports: planned hours, capacity and utilisation, by whom and by what, and what leaves the page.

use crate::figures::{faults, sheet, team};
use crate::house::House;
use ballast::accounts::Access;
use reqwest::StatusCode;
use serde_json::{Value, json};

#[cfg(test)]
fn row<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let rows = answer["rows"].as_array().unwrap();
    rows.iter()
        .find(|row| row["name"] == name)
        .unwrap_or_else(|| panic!("no {name}: {answer}"))
}

#[tokio::test]
async fn utilisation_is_the_recorded_one_whole_and_with_a_decimal() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    team.book(
        &admin,
        &[(team.anns, 0, 10.0), (team.bens, 0, 5.0), (team.open, 0, 7.5)],
    )
    .await;
    let week = "period=custom&from=2026-11-16&to=2026-11-22";
    let answer = admin.json(&format!("/api/v1/reports?by=department&{week}")).await;
    let harbours = &row(&answer, "Harbours")["total"];
    assert_eq!(
        (&harbours["booked"], &harbours["capacity"]),
        (&json!(15), &json!(70))
    );
    assert_eq!(
        (&harbours["percent"], &harbours["percentExact"]),
        (&json!(21), &json!(21.4))
    );
    // An open place is planned, and nobody's load.
    assert_eq!(
        (&harbours["open"], &harbours["planned"]),
        (&json!(7.5), &json!(22.5))
    );
    let people = admin.json(&format!("/api/v1/reports?by=person&{week}")).await;
    assert_eq!(row(&people, "Ann")["total"]["percentExact"], 25.0);
    assert_eq!(row(&people, "Ben")["total"]["percentExact"], 16.7);
    assert_eq!(row(&people, "Open places")["total"]["planned"], 7.5);
    let names: Vec<&Value> = people["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["name"])
        .collect();
    assert_eq!(names, ["Ann", "Ben", "Open places"], "the fullest first");
}

#[tokio::test]
async fn every_cut_of_the_same_weeks_has_the_same_sum() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    team.deliverable(&admin, team.project, "Sketch", "2026-11-27")
        .await;
    team.deliverable(&admin, team.project, "Detail", "2026-12-18")
        .await;
    team.book(
        &admin,
        &[
            (team.anns, 0, 10.0),
            (team.bens, 2, 5.25),
            (team.open, 3, 7.5),
            (team.maybe, 1, 4.33),
            (team.anns, 6, 8.0),
        ],
    )
    .await;
    for by in [
        "person",
        "department",
        "role",
        "client",
        "project",
        "phase",
        "status",
    ] {
        for columns in ["total", "week", "month", "quarter"] {
            let answer = admin
                .json(&format!(
                    "/api/v1/reports?by={by}&columns={columns}&period=next-12"
                ))
                .await;
            assert_eq!(answer["total"]["planned"], 35.08, "{by} {columns}");
        }
    }
    let phases = admin.json("/api/v1/reports?by=phase&columns=month").await;
    assert_eq!(row(&phases, "Sketch")["total"]["planned"], 10);
    assert_eq!(row(&phases, "Detail")["total"]["planned"], 12.75);
    assert_eq!(row(&phases, "No phase")["total"]["planned"], 12.33);
    // The week of 28 December has its Thursday in December.
    let months: Vec<&Value> = phases["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["month"])
        .collect();
    assert_eq!(months, ["2026-11", "2026-12", "2027-01", "2027-02"]);
    let planned: Vec<&Value> = phases["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["planned"])
        .collect();
    assert_eq!(planned, [&json!(14.33), &json!(20.75), &json!(0), &json!(0)]);
}

#[tokio::test]
async fn work_is_told_by_client_and_phase_with_its_share() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    team.book(&admin, &[(team.anns, 0, 30.0), (team.maybe, 0, 10.0)])
        .await;
    let answer = admin.json("/api/v1/reports?by=client&measure=utilisation").await;
    assert_eq!(answer["title"], "Share of planned hours by client");
    assert_eq!(row(&answer, "Port of Sundvik")["total"]["share"], 75.0);
    assert_eq!(row(&answer, "No client")["total"]["share"], 25.0);
    assert_eq!(row(&answer, "No client")["id"], Value::Null);
    let tentative = admin.json("/api/v1/reports?by=project&countsAs=tentative").await;
    assert_eq!(tentative["rows"].as_array().unwrap().len(), 1);
    assert_eq!(row(&tentative, "Mole")["total"]["planned"], 10);
    let ann = admin
        .json(&format!("/api/v1/reports?by=person&role={}", team.designer))
        .await;
    assert_eq!(ann["total"]["planned"], 30);
}

#[tokio::test]
async fn who_has_too_much_and_who_too_little_is_told_with_the_peak() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    // 36 hours a week with 36, 40 and 20 booked: 88.9 % on average, 111.1 % in the second week.
    let cleo = team.person(&admin, "Cleo", 36, None, None).await;
    let hers = team.assign(&admin, team.project, Some(cleo), None).await;
    team.book(
        &admin,
        &[
            (hers, 0, 36.0),
            (hers, 1, 40.0),
            (hers, 2, 20.0),
            (team.bens, 0, 30.0),
            (team.bens, 1, 30.0),
        ],
    )
    .await;
    let answer = admin
        .json("/api/v1/reports?by=balance&from=2026-11-16&to=2026-12-04")
        .await;
    let balance = &answer["balance"];
    assert_eq!(
        (answer["weeks"].as_u64(), &balance["limit"]),
        (Some(3), &json!(70))
    );
    let over = balance["over"].as_array().unwrap();
    assert_eq!(over.len(), 1);
    let cleo = &over[0];
    assert_eq!(
        (&cleo["name"], &cleo["weeksOver"], &cleo["hoursOver"]),
        (&json!("Cleo"), &json!(1), &json!(4))
    );
    assert_eq!(
        (&cleo["averagePercentExact"], &cleo["peakPercentExact"]),
        (&json!(88.9), &json!(111.1))
    );
    assert_eq!(
        (&cleo["averagePercent"], &cleo["peakWeek"], &cleo["peakHours"]),
        (&json!(89), &json!("2026-11-23"), &json!(40))
    );
    let under: Vec<&Value> = balance["under"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(under, ["Ann", "Ben"]);
    let page = admin
        .text("/reports?by=balance&from=2026-11-16&to=2026-12-04")
        .await;
    for text in ["111.1 %", "23 Nov", "88.9 %", "below 70 % on average"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn each_persons_weeks_are_told_with_their_average_and_peak() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    let cleo = team.person(&admin, "Cleo", 36, None, None).await;
    let hers = team.assign(&admin, team.project, Some(cleo), None).await;
    team.book(&admin, &[(hers, 0, 36.0), (hers, 1, 40.0), (hers, 2, 20.0)])
        .await;
    let loads = admin.json("/api/v1/utilisation?from=2026-11-16&weeks=3").await;
    let hers = &loads["people"][2];
    assert_eq!(hers["percentExact"], json!([100.0, 111.1, 55.6]));
    assert_eq!(hers["free"], json!([0, 0, 16]));
    assert_eq!(
        (
            &hers["averagePercentExact"],
            &hers["peakPercentExact"],
            &hers["peakWeek"]
        ),
        (&json!(88.9), &json!(111.1), &json!("2026-11-23"))
    );
}

#[tokio::test]
async fn a_workbook_holds_numbers_under_a_title_and_no_formula() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    let evil = team.person(&admin, "=1+1", 40, None, None).await;
    let theirs = team.assign(&admin, team.project, Some(evil), None).await;
    team.book(
        &admin,
        &[(team.anns, 0, 10.25), (team.anns, 3, 7.5), (theirs, 0, 4.0)],
    )
    .await;
    let query = "by=person&measure=hours&period=next-4&order=name";
    let answer = admin.get(&format!("/reports/export.xlsx?{query}")).await;
    let kept = answer.headers()["content-disposition"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kept.contains("report-person-2026-11-16.xlsx"), "{kept}");
    let rows = sheet(answer.bytes().await.unwrap().to_vec());
    assert_eq!(rows[0][0], "Planned hours by person");
    assert_eq!(rows[1][0], "16 Nov 2026 – 13 Dec 2026");
    assert_eq!(
        rows[3],
        [
            "Person",
            "Planned hours",
            "Of them in open places",
            "Capacity",
            "Utilisation %"
        ]
    );
    assert_eq!(rows[4], ["=1+1", "4", "0", "160", "2.5"]);
    assert_eq!(rows[5], ["Ann", "17.75", "0", "160", "11.1"]);
    assert_eq!(rows.last().unwrap()[..2], ["Total", "21.75"]);
    let text = admin.text(&format!("/reports/export.csv?{query}")).await;
    assert!(text.contains("\r\n'=1+1,4,0,160,2.5\r\n"), "{text}");
    let by_week = admin
        .get("/reports/export.xlsx?by=client&columns=week&period=next-4")
        .await;
    let rows = sheet(by_week.bytes().await.unwrap().to_vec());
    assert_eq!(
        rows[3],
        [
            "Client",
            "2026-11-16",
            "2026-11-23",
            "2026-11-30",
            "2026-12-07",
            "Total"
        ]
    );
    assert_eq!(rows[4], ["Port of Sundvik", "14.25", "0", "0", "7.5", "21.75"]);
    let balance = admin.get("/reports/export.xlsx?by=balance&period=next-4").await;
    let rows = sheet(balance.bytes().await.unwrap().to_vec());
    assert_eq!(rows[0][0], "People over and under");
    assert_eq!(rows[4][..3], ["under", "=1+1", "4"]);
}

#[tokio::test]
async fn a_picture_is_a_file_of_its_own_with_every_name_as_text() {
    let house = House::open().await;
    let admin = house.admin().await;
    let team = team(&admin).await;
    let odd = team.person(&admin, "<script>&\"'", 40, None, None).await;
    let theirs = team.assign(&admin, team.project, Some(odd), None).await;
    team.book(&admin, &[(theirs, 0, 44.0)]).await;
    let answer = admin
        .get("/reports/picture.svg?by=person&period=next-4&download=1")
        .await;
    assert!(
        answer.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .ends_with("report-person-2026-11-16.svg\"")
    );
    let picture = answer.text().await.unwrap();
    assert!(
        picture.starts_with("<?xml") && picture.contains("Utilisation by person"),
        "{picture}"
    );
    assert!(
        picture.contains("&lt;script&gt;&amp;") && !picture.contains("<script"),
        "{picture}"
    );
    let mut reader = quick_xml::Reader::from_str(&picture);
    while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
}

#[tokio::test]
async fn what_cannot_be_shown_is_told_by_field() {
    let house = House::open().await;
    let viewer = house.guest(Access::Viewer).await;
    for (query, field) in [
        ("by=planet", "by"),
        ("by=project&measure=capacity", "measure"),
        ("measure=joy", "measure"),
        ("period=soon", "period"),
        ("period=custom&from=2026-11-16&to=2026-11-01", "to"),
        ("from=2026-01-01&to=2029-01-01", "to"),
        ("from=tomorrow", "from"),
        ("columns=day", "columns"),
        ("department=987654", "department"),
        ("client=987654", "client"),
        ("status=-3", "status"),
        ("countsAs=maybe", "countsAs"),
        ("by=balance&client=1", "client"),
    ] {
        let answer = viewer.get(&format!("/api/v1/reports?{query}")).await;
        assert!(faults(answer).await.contains(&field.to_owned()), "{query}");
        let page = viewer.get(&format!("/reports?{query}")).await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let page = page.text().await.unwrap();
        assert!(
            page.contains("This report cannot be shown.") && page.contains("class=\"rail\""),
            "{query}"
        );
        for file in ["picture.svg", "export.csv", "export.xlsx"] {
            let answer = viewer.get(&format!("/reports/{file}?{query}")).await;
            assert_eq!(
                answer.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{file} {query}"
            );
        }
    }
    let long = viewer.get("/api/v1/reports?from=2026-01-01&to=2029-01-01").await;
    assert!(long.text().await.unwrap().contains("104 weeks at most"));
}

#[tokio::test]
async fn a_department_that_is_gone_is_said_to_be_gone() {
    let house = House::open().await;
    let admin = house.admin().await;
    let made = admin
        .post("/api/v1/departments", &json!({ "name": "Short-lived" }))
        .await;
    let id = made.json::<Value>().await.unwrap()["id"].as_i64().unwrap();
    let path = format!("/reports?department={id}");
    assert_eq!(admin.get(&path).await.status(), StatusCode::OK);
    let place = format!("/api/v1/departments/{id}");
    assert!(
        admin
            .send(reqwest::Method::DELETE, &place, &json!({}))
            .await
            .status()
            .is_success()
    );
    let page = admin.get(&path).await;
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("is no longer there; choose another one")
    );
}

#[tokio::test]
async fn an_empty_plan_says_how_to_begin_on_every_tab() {
    let house = House::open().await;
    let viewer = house.guest(Access::Viewer).await;
    for by in [
        "person",
        "department",
        "role",
        "client",
        "project",
        "phase",
        "status",
        "balance",
    ] {
        let page = viewer.get(&format!("/reports?by={by}&columns=week")).await;
        let status = page.status();
        let page = page.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{by}: {page}");
        assert!(page.contains("Nothing is planned in this period"), "{by}: {page}");
        assert_eq!(
            viewer
                .get(&format!("/reports/picture.svg?by={by}"))
                .await
                .status(),
            StatusCode::OK,
            "{by}"
        );
    }
}
