//! Leave as people use it: one asks, another approves and pushes the hours that no longer fit.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::driver::Browser;
use super::hand::until;
use crate::house::{Guest, House, PASSWORD};

async fn sign_in(house: &House, page: &Client, email: &str) {
    page.goto(&format!("{}/auth/login", house.address)).await.unwrap();
    page.delete_all_cookies().await.unwrap();
    page.goto(&format!("{}/auth/login", house.address)).await.unwrap();
    for (field, text) in [("email", email), ("password", PASSWORD)] {
        let field = format!("[name={field}]");
        let field = page.find(Locator::Css(&field)).await.unwrap();
        field.send_keys(text).await.unwrap();
    }
    click(page, "button[type=submit]").await;
    until(page, "document.querySelector('.rail')").await;
}

async fn click(page: &Client, selector: &str) {
    until(page, &format!("document.querySelector(\"{selector}\")")).await;
    let found = page.find(Locator::Css(selector)).await.unwrap();
    found.click().await.unwrap();
}

async fn look(browser: &Browser, what: &str) {
    for (width, height) in [(390, 844), (1440, 900)] {
        browser.size(width, height).await;
        for scheme in ["dark", "light"] {
            // Colours that are on their way from one scheme to the other are neither's.
            let preferred = [
                ("prefers-color-scheme", scheme),
                ("prefers-reduced-motion", "reduce"),
            ];
            browser.media(&preferred).await;
            let found = browser.axe().await;
            assert!(
                found.is_empty(),
                "{what} at {width}, {scheme}: {}",
                found.join("\n")
            );
            let wider = "return document.documentElement.scrollWidth > window.innerWidth + 1";
            let wider = browser.client.execute(wider, vec![]).await.unwrap();
            assert_eq!(wider, json!(false), "{what} is wider than {width}");
        }
    }
}

/// A person with the address of a member's account, and 40 hours in the week of 7 December.
async fn prepare(house: &House, manager: &Guest) -> i64 {
    let seed = house.seed().await;
    let person = json!({ "name": "Cy Member", "email": "cy.member@example.org" });
    // Whose weeks an account's are is an administrator's to say.
    let admin = house.guest_called(Access::Admin, "Who Links").await;
    let made: Value = admin.post("/api/v1/people", &person).await.json().await.unwrap();
    let row = json!({ "project": seed.project, "person": made["id"] });
    let made: Value = manager
        .post("/api/v1/assignments", &row)
        .await
        .json()
        .await
        .unwrap();
    let row = made["id"].as_i64().unwrap();
    let cells = json!({ "cells": [{ "assignment": row, "week": "2026-12-07", "hours": 40 }] });
    assert!(manager.post("/api/v1/hours", &cells).await.status().is_success());
    row
}

fn hours(house: &House, row: i64) -> [u32; 2] {
    let book = house.app.book();
    ["2026-12-07", "2026-12-14"].map(|day| {
        let week = ballast::units::Week::of(day.parse().unwrap(), ballast::units::WeekStart::Monday);
        book.hours().get(ballast::units::ids::AssignmentId(row), week).0 / 60
    })
}

#[tokio::test]
async fn leave_is_asked_for_approved_and_its_hours_are_pushed_and_taken_back() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let house = House::open().await;
    let manager = house.guest_called(Access::Manager, "Mina Park").await;
    house.guest_called(Access::Member, "Cy Member").await;
    let row = prepare(&house, &manager).await;
    let page = &browser.client;

    sign_in(&house, page, "cy.member@example.org").await;
    page.goto(&format!("{}/time-off", house.address)).await.unwrap();
    click(page, ".topbar a[href='/time-off/new']").await;
    until(page, "document.querySelector('dialog [name=first]')").await;
    // What a date field takes from the keyboard depends on the language of the browser.
    let fill = "document.querySelector('dialog [name=first]').value = '2026-12-08'; \
        document.querySelector('dialog [name=last]').value = '2026-12-07';";
    page.execute(fill, vec![]).await.unwrap();
    click(page, "dialog button[type=submit]").await;
    until(page, "document.querySelector('dialog .errors')").await;
    look(&browser, "a refused request").await;
    let fill = "document.querySelector('dialog [name=last]').value = '2026-12-11'";
    page.execute(fill, vec![]).await.unwrap();
    click(page, "dialog button[type=submit]").await;
    until(
        page,
        "document.querySelector('#status')?.textContent.includes('Asked to be away')",
    )
    .await;
    let offered = page
        .execute("return document.querySelector('#status button') !== null", vec![])
        .await;
    assert_eq!(offered.unwrap(), json!(false), "a member is offered no Undo");

    sign_in(&house, page, "mina.park@example.org").await;
    page.goto(&format!("{}/time-off", house.address)).await.unwrap();
    until(
        page,
        "document.querySelector('.request')?.textContent.includes('Cy Member')",
    )
    .await;
    look(&browser, "a request that waits").await;
    click(page, ".request form button").await;
    until(
        page,
        "document.querySelector('#booked')?.textContent.includes('32 h too much')",
    )
    .await;
    click(page, "#booked a[href$='/push']").await;
    until(page, "document.querySelector('dialog table')").await;
    look(&browser, "the preview").await;
    click(page, "dialog button[type=submit]").await;
    until(
        page,
        "document.querySelector('#status')?.textContent.includes('Pushed 32 h of Cy Member')",
    )
    .await;
    assert_eq!(hours(&house, row), [8, 32]);
    look(&browser, "after pushing").await;
    click(page, "#status button").await;
    until(
        page,
        "document.querySelector('#booked')?.textContent.includes('32 h too much')",
    )
    .await;
    assert_eq!(hours(&house, row), [40, 0]);
}
