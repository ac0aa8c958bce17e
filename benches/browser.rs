//! What a planner feels: from a key to the painted cell, on the large plan, in a headless Chromium.
//!
//! `cargo bench --bench browser`

#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "a benchmark prints, and browsers tell time in floats"
)]

#[path = "../tests/browser/driver.rs"]
#[expect(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "it is made for tests, where a panic is the failure, and the tests use the rest of it"
)]
mod driver;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod process;
#[path = "support/table.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod table;

use std::error::Error;
use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use serde_json::Value;

/// How many keys are measured in each window.
const KEYS: usize = 60;

/// For each key: how long its scripts, styles and layout took, and how long until after the frame that shows it.
const LISTEN: &str = "
    window.figures = [];
    let begun = 0;
    window.addEventListener('keydown', () => { document.body.offsetHeight; begun = performance.now(); }, true);
    window.addEventListener('keydown', (event) => {
        document.body.offsetHeight;
        const work = performance.now() - begun;
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => window.figures.push([work, performance.now() - event.timeStamp]);
            channel.port2.postMessage(0);
        });
    });
";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let server = process::Server::start(directory.path()).await?;
    let Some(browser) = driver::Browser::start().await else {
        return Ok(());
    };
    let page = &browser.client;
    page.goto(&format!("http://{}/auth/login", server.address))
        .await?;
    page.find(Locator::Css("form[action='/demo/sign-in'] button"))
        .await?
        .click()
        .await?;
    let mut rows = Vec::new();
    for weeks in [16, 52] {
        page.goto(&format!("http://{}/schedule?weeks={weeks}", server.address))
            .await?;
        let toggle = page.find(Locator::Css("tr.person a.toggle")).await?;
        toggle.click().await?;
        page.wait()
            .for_element(Locator::Css("tr.assign td.cell"))
            .await?
            .click()
            .await?;
        page.execute(LISTEN, vec![]).await?;
        for number in 0..KEYS {
            let key = char::from(b'1' + u8::try_from(number % 8)?);
            press(page, if number % 2 == 0 { key } else { '\u{e007}' }).await?;
        }
        let figures = page.execute("return window.figures", vec![]).await?;
        rows.push(row(&format!("{weeks} weeks"), &figures));
    }
    table::print(
        "Typing in the schedule of 500 people",
        &[
            "window",
            "work p50 ms",
            "work p95 ms",
            "painted p50 ms",
            "painted p95 ms",
        ],
        &rows,
        "Work is scripts, styles and layout of one key; painted also holds the wait for the screen's next turn (up to 16.7 ms)\n  and the painting itself, here without a graphics card.",
    );
    Ok(())
}

async fn press(page: &fantoccini::Client, key: char) -> Result<(), Box<dyn Error>> {
    let keys = KeyActions::new("keyboard".to_owned())
        .then(KeyAction::Down { value: key })
        .then(KeyAction::Up { value: key });
    page.perform_actions(keys).await?;
    // One more frame, so that the figures of this key are in.
    page.execute_async("const done = arguments[arguments.length - 1]; requestAnimationFrame(() => setTimeout(done, 0, null))", vec![]).await.ok();
    Ok(())
}

fn row(name: &str, figures: &Value) -> Vec<String> {
    let column = |index: usize| -> Vec<Duration> {
        let all = figures.as_array().into_iter().flatten();
        all.filter_map(|pair| pair.get(index)?.as_f64())
            .map(|ms| Duration::from_secs_f64(ms.max(0.0) / 1_000.0))
            .collect()
    };
    let (work, painted) = (column(0), column(1));
    let ms = |times: &[Duration], percent| {
        let micros = table::percentile(times, percent).as_micros();
        format!("{}.{}", micros / 1_000, micros % 1_000 / 100)
    };
    vec![
        name.to_owned(),
        ms(&work, 50),
        ms(&work, 95),
        ms(&painted, 50),
        ms(&painted, 95),
    ]
}
