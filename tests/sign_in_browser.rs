//! Coming in as people do it: an address, six digits from a letter, and the boxes for them.

#[cfg(test)]
mod pages {
    use crate::browser::driver::{Browser, Scheme};
    use crate::browser::hand::until;
    use crate::house::{House, PASSWORD};
    use ballast::accounts::Access;
    use fantoccini::{Client, Locator};
    use serde_json::{Value, json};

    const MINA: &str = "mina@example.org";

    async fn type_into(page: &Client, field: &str, text: &str) {
        let field = page.find(Locator::Css(field)).await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    async fn press(page: &Client, what: Locator<'_>) {
        page.find(what).await.unwrap().click().await.unwrap();
    }

    async fn look(page: &Client, expression: &str) -> Value {
        page.execute(&format!("return {expression}"), vec![])
            .await
            .unwrap()
    }

    /// The digits of the newest letter.
    fn digits(house: &House) -> String {
        let letters = house.app.mail.captured();
        letters.last().unwrap().text.expose().chars().take(6).collect()
    }

    /// Nothing is wrong with the page for its reader, in light and dark, wide and narrow.
    async fn is_fine(browser: &Browser) {
        is_quiet(browser).await;
        let source = browser.client.source().await.unwrap();
        assert!(
            !source.contains("<style") && !source.contains(" style="),
            "styles stand in their files: {source}"
        );
        let mut found = Vec::new();
        for (width, height) in [(1440, 900), (390, 844)] {
            browser.size(width, height).await;
            for scheme in [Scheme::Light, Scheme::Dark] {
                browser.scheme(scheme).await;
                // Colours glide from light to dark; what is halfway there is not what anybody reads.
                until(&browser.client, "document.getAnimations().length === 0").await;
                found.extend(browser.axe().await);
                let wide = look(
                    &browser.client,
                    "document.documentElement.scrollWidth > document.documentElement.clientWidth",
                );
                assert_eq!(wide.await, json!(false), "the page scrolls sideways at {width}");
                if let Ok(directory) = std::env::var("PICTURES") {
                    let title = look(&browser.client, "document.title").await;
                    let name = format!(
                        "{} {width} {scheme:?}.png",
                        title.as_str().unwrap().replace(' ', "-")
                    );
                    browser
                        .screenshot(std::path::Path::new(&directory).join(name))
                        .await;
                }
            }
        }
        browser.size(1440, 900).await;
        browser.scheme(Scheme::Light).await;
        assert_eq!(found, Vec::<String>::new());
        // What axe says of itself is read and forgotten.
        browser.console().await;
    }

    /// The console holds nothing but the browser's own notes of digits that were wrong, and of the styles that axe tried: the
    /// policy refuses them, and the console says so some time later. That the pages have none of their own, their source tells.
    async fn is_quiet(browser: &Browser) {
        let notes = browser.console().await;
        let others = notes
            .iter()
            .filter(|note| !note.contains("status of 422") && !note.contains("Applying inline style"));
        assert_eq!(others.collect::<Vec<_>>(), Vec::<&String>::new());
    }

    #[tokio::test]
    async fn who_may_come_in_is_seen_by_everybody() {
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open_with(&[("SIGN_IN_METHODS", "password")]).await;
        house.seed().await;
        house.add_account(Access::Admin, "Ada", "ada@example.org").await;
        house.guest_called(Access::Manager, "Bo").await;
        let page = &browser.client;
        page.goto(&format!("{}/admin/login", house.address))
            .await
            .unwrap();
        assert_eq!(look(page, "document.activeElement.name").await, json!("email"));
        is_fine(&browser).await;
        type_into(page, "[name=email]", "ada@example.org").await;
        type_into(page, "[name=password]", PASSWORD).await;
        press(page, Locator::Css("button.primary")).await;
        until(page, "document.querySelector('table.list')").await;
        for path in [
            "/accounts",
            "/accounts/audit",
            "/accounts/invitations",
            "/settings/providers",
            "/settings/providers/new",
            "/settings/sign-in",
            "/account",
        ] {
            page.goto(&format!("{}{path}", house.address)).await.unwrap();
            is_fine(&browser).await;
        }

        // A key is shown once, with what keeps it.
        page.goto(&format!("{}/account/programs", house.address))
            .await
            .unwrap();
        type_into(page, "[name=name]", "Nightly report").await;
        press(page, Locator::Css("button.primary")).await;
        until(page, "document.querySelector('#new-key')").await;
        assert_eq!(
            look(
                page,
                "document.querySelectorAll('.program-key button:not([hidden])').length"
            )
            .await,
            json!(2)
        );
        is_fine(&browser).await;

        // One account: what cannot be taken back is asked first, and what was done is said once.
        page.goto(&format!("{}/accounts", house.address)).await.unwrap();
        press(page, Locator::LinkText("Bo")).await;
        until(page, "document.querySelector('details.sure')").await;
        is_fine(&browser).await;
        press(page, Locator::Css("details.sure summary")).await;
        is_fine(&browser).await;
        press(page, Locator::Css("details.sure button")).await;
        until(
            page,
            "document.querySelector('#status')?.textContent.includes('All their sessions have ended.')",
        )
        .await;
        assert_eq!(look(page, "location.search").await, json!(""));
        is_quiet(&browser).await;
    }

    #[tokio::test]
    #[expect(clippy::too_many_lines, reason = "a story is told in one go")]
    async fn six_digits_go_from_a_letter_into_six_boxes() {
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open_with(&[("SIGN_IN_METHODS", "code,password")]).await;
        house.add_account(Access::Viewer, "Mina", MINA).await;
        let page = &browser.client;
        page.goto(&format!("{}/people", house.address)).await.unwrap();
        is_fine(&browser).await;
        type_into(page, "[name=email]", "mina@exmaple.org").await;
        press(page, Locator::Css("button.primary")).await;
        until(page, "document.querySelectorAll('.code-boxes i').length === 6").await;

        // A slip in the address is put right without a new page.
        look(page, "window.stayed = true").await;
        press(page, Locator::LinkText("Use another address")).await;
        until(page, "document.querySelector('[name=email]')").await;
        assert_eq!(look(page, "window.stayed").await, json!(true));
        type_into(page, "[name=email]", MINA).await;
        press(page, Locator::Css("button.primary")).await;
        until(page, "document.querySelectorAll('.code-boxes i').length === 6").await;
        assert_eq!(
            look(
                page,
                "/^Send again in \\d+ s$/.test(document.querySelector('[data-again] span').textContent)"
            )
            .await,
            json!(true)
        );
        is_fine(&browser).await;

        // Three digits stand in three boxes, and the fourth waits.
        let code = digits(&house);
        type_into(page, "[name=code]", "9x0 7").await;
        let boxes = "[...document.querySelectorAll('.code-boxes i')].map((box) => box.textContent).join('|')";
        assert_eq!(look(page, boxes).await, json!("9|0|7|||"));
        let here = "[...document.querySelectorAll('.code-boxes i')].findIndex((box) => box.matches('.here'))";
        assert_eq!(look(page, here).await, json!(3));
        is_fine(&browser).await;
        // Three digits and Enter send nothing.
        type_into(page, "[name=code]", "\u{e007}").await;
        assert_eq!(
            look(
                page,
                "location.search + document.querySelectorAll('.errors').length"
            )
            .await,
            json!("0")
        );
        let wrong = if code.ends_with("000") { "111" } else { "000" };
        type_into(page, "[name=code]", wrong).await;
        until(page, "document.querySelector('.errors')").await;
        assert_eq!(look(page, "location.search").await, json!(""), "it is said once");
        is_fine(&browser).await;

        // New digits come without a new page, once the wait is over.
        house.app.clock.set(house.app.clock.now() + 31_000);
        page.refresh().await.unwrap();
        page.goto(&format!("{}/auth/login/code", house.address))
            .await
            .unwrap();
        look(page, "window.stayed = true").await;
        until(page, "!document.querySelector('[data-again] button').hidden").await;
        press(page, Locator::Css("[data-again] button")).await;
        until(page, "document.querySelector('[data-again] button').hidden").await;
        assert_eq!(look(page, "window.stayed").await, json!(true));
        let code = digits(&house);
        // Pasted, as a mail program gives it: the sixth digit sends them.
        let pasted = format!(
            "(() => {{ const field = document.querySelector('[name=code]'); field.value = ' {} {}'; \
             field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); return true }})()",
            &code[..3],
            &code[3..]
        );
        look(page, &pasted).await;
        until(page, "document.querySelector('.rail')").await;
        assert_eq!(look(page, "location.pathname").await, json!("/people"));
        is_quiet(&browser).await;
    }
}
