//! The schedule under a hand: cells, keys and what is written.

use ballast::accounts::Access;
use fantoccini::Locator;

use crate::browser::driver::Browser;
use crate::browser::hand::until;
use crate::house::{House, PASSWORD};

/// Signs in as a manager called Mina Park through the form.
pub async fn sign_in(house: &House, browser: &Browser, access: Access) {
    let guest = house.guest_called(access, "Mina Park").await;
    drop(guest);
    let page = &browser.client;
    let door = match access {
        Access::Admin => "/admin/login",
        Access::Viewer | Access::Member | Access::Manager => "/auth/login",
    };
    page.goto(&format!("{}{door}", house.address)).await.unwrap();
    page.find(Locator::Css("[name=email]"))
        .await
        .unwrap()
        .send_keys("mina.park@example.org")
        .await
        .unwrap();
    page.find(Locator::Css("[name=password]"))
        .await
        .unwrap()
        .send_keys(PASSWORD)
        .await
        .unwrap();
    page.find(Locator::Css("button[type=submit]"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    until(page, "document.querySelector('.rail')").await;
}
