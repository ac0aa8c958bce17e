//! Cells written one after the other, as a browser writes them.

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::json;

use crate::plan;

type Fault = Box<dyn Error>;

/// Sets the cell of this week, in a row, to a figure that it does not hold yet; answers how long it took until it was durable.
pub async fn write(browser: &Client, address: SocketAddr, row: i64, turn: usize) -> Result<Duration, Fault> {
    let cell = json!({ "assignment": row, "week": plan::clock().today(), "hours": 1 + turn % 150 });
    let begun = Instant::now();
    let request = browser
        .post(format!("http://{address}/api/v1/hours"))
        .header("sec-fetch-site", "same-origin");
    let answer = request.json(&json!({ "cells": [cell] })).send().await?;
    answer.error_for_status()?.bytes().await?;
    Ok(begun.elapsed())
}
