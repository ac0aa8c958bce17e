//! How rooms look: nothing lies on something else, nothing is wider than the window, and axe finds nothing.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use super::driver::{Browser, Scheme};
use super::hand::{click, run, sign_in, until};
use super::poker_room::Play;
use serde_json::json;

/// Places at the table, or the middle of it, that lie on one another.
const OVERLAPS: &str = "const all = [...document.querySelectorAll('.seat, .mid')].map((element) => [element.textContent.trim().slice(0, 30), element.getBoundingClientRect()]);\
    return all.flatMap(([name, a], index) => all.slice(0, index).filter(([, b]) => \
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1).map(([other]) => name + ' | ' + other));";

/// What makes the page wider than the window.
const TOO_WIDE: &str = "if (document.documentElement.scrollWidth <= innerWidth + 1) return []; \
    return [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.outerHTML.slice(0, 120));";

#[tokio::test]
async fn twenty_people_fit_a_small_screen_without_touching() {
    let play = Play::open().await;
    let Some(browser) = Browser::start().await else {
        return;
    };
    let page = &browser.client;
    play.post(
        "stories",
        &[
            ("name", "As-built mark-ups of the northern switchgear"),
            ("reference", "BAL-131"),
        ],
    )
    .await;
    let story = play.view().await["stories"][0]["id"].to_string();
    let round = play.view().await["round"]["roundId"].to_string();
    play.post("story", &[("storyId", &story), ("roundId", &round)])
        .await;
    let round = play.view().await["round"]["roundId"].to_string();
    for number in 1..20 {
        let guest = play.guest(&format!("Guest {number} of the Harbour team")).await;
        if number > 3 {
            play.vote(&guest, &round, &(number % 12).to_string()).await;
        }
    }
    sign_in(&play.house, &browser, "Mina Park").await;
    browser.size(1280, 800).await;
    play.enter(page).await;
    for revealed in [false, true] {
        if revealed {
            click(page, "#reveal:enabled").await;
            until(page, "document.querySelector('.hist')").await;
            until(page, "document.getAnimations().length === 0").await;
        }
        assert_eq!(
            run(page, "return document.querySelectorAll('.seat').length").await,
            json!(20)
        );
        assert_eq!(run(page, OVERLAPS).await, json!([]), "revealed: {revealed}");
        let fits = "const deck = document.querySelector('#deck').getBoundingClientRect(); \
            return deck.bottom <= innerHeight && document.querySelector('.felt').getBoundingClientRect().bottom <= deck.top + 1;";
        assert_eq!(
            run(page, fits).await,
            json!(true),
            "table and cards are on one screen"
        );
    }
    // On a phone the cards stay under the thumb, each large enough for it.
    browser.size(390, 844).await;
    assert_eq!(run(page, OVERLAPS).await, json!([]));
    let small = "return [...document.querySelectorAll('#deck button')].filter((card) => card.offsetWidth < 44 || card.offsetHeight < 44 || card.getBoundingClientRect().bottom > innerHeight).length";
    assert_eq!(run(page, small).await, json!(0));
    // One more, and they stand in rows.
    play.guest("One more").await;
    until(page, "document.querySelectorAll('.crowd .seat').length === 21 || document.querySelectorAll('.beside .chip').length > 0").await;
    assert_eq!(run(page, TOO_WIDE).await, json!([]));
}

async fn looks_well(browser: &Browser, what: &str) {
    let page = &browser.client;
    for (width, scheme) in [(1440, Scheme::Light), (390, Scheme::Dark)] {
        browser.size(width, 844).await;
        browser.scheme(scheme).await;
        until(
            page,
            "document.getAnimations().every((one) => one.playState !== 'running')",
        )
        .await;
        assert_eq!(browser.axe().await, Vec::<String>::new(), "{what} at {width}");
        assert_eq!(
            run(page, TOO_WIDE).await,
            json!([]),
            "{what} at {width} is wider than the window"
        );
    }
}

#[tokio::test]
async fn axe_finds_nothing_from_the_list_to_the_end_of_a_room() {
    let play = Play::open().await;
    let (Some(browser), Some(stranger)) = (Browser::start().await, Browser::start().await) else {
        return;
    };
    let page = &browser.client;
    stranger.client.goto(&play.address()).await.unwrap();
    looks_well(&stranger, "the door").await;

    sign_in(&play.house, &browser, "Mina Park").await;
    page.goto(&format!("{}/poker", play.house.address)).await.unwrap();
    looks_well(&browser, "the list").await;
    play.enter(page).await;
    looks_well(&browser, "an empty room").await;
    play.post(
        "stories",
        &[
            ("name", "Earthing study"),
            ("reference", "BAL-121"),
            ("description", "Of both halls"),
        ],
    )
    .await;
    let story = play.view().await["stories"][0]["id"].to_string();
    let round = play.view().await["round"]["roundId"].to_string();
    play.post("story", &[("storyId", &story), ("roundId", &round)])
        .await;
    let round = play.view().await["round"]["roundId"].to_string();
    for (name, card) in [("Wren", "3"), ("Jonas", "6"), ("Priya", "9")] {
        let guest = play.guest(name).await;
        play.vote(&guest, &round, card).await;
    }
    until(page, "document.querySelectorAll('.pc.back').length === 3").await;
    looks_well(&browser, "a room before the reveal").await;
    play.post("reveal", &[("roundId", &round)]).await;
    until(page, "document.querySelector('.spread')").await;
    looks_well(&browser, "a room after the reveal").await;
    for (link, what) in [
        ("invite", "inviting"),
        ("people", "the people"),
        ("settings", "the settings"),
        ("days", "asking over days"),
    ] {
        page.goto(&format!("{}/{link}", play.address())).await.unwrap();
        looks_well(&browser, what).await;
    }
    browser.size(1440, 900).await;
    play.enter(page).await;
    click(page, ".room-menu summary").await;
    click(page, ".room-menu a[href$='/settings']").await;
    until(page, "document.querySelector('dialog[open] form')").await;
    looks_well(&browser, "the settings in a dialog").await;
    play.post(
        "accept",
        &[
            ("roundId", &round),
            ("storyId", &story),
            ("estimate", "5"),
            ("note", "as the last one"),
        ],
    )
    .await;
    play.post("end", &[]).await;
    play.enter_ended(page).await;
    looks_well(&browser, "an ended room").await;
}
