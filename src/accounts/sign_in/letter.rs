//! The letters with codes.

use crate::app::App;
use crate::clock::millis;
use crate::mail::Letter;
use crate::secret::Secret;

/// Six digits for `to`. They stand in the text only, for subjects are shown on locked screens and kept in logs.
pub(super) fn letter(app: &App, to: &str, digits: &Secret) -> Letter {
    let minutes = minutes(app.config.sign_in.code_lives.as_secs());
    let text = format!(
        "{}\n\nThese six digits sign you in to Ballast at {}. Type them in the browser where you asked for them: they work \
         there only, once, for {minutes}.\n\nYou did not ask? Then somebody typed your address. Without the digits nobody \
         comes in, and you need not do anything.\n",
        digits.expose(),
        app.config.public_url,
    );
    Letter {
        to: to.to_owned(),
        subject: "Your code for Ballast".to_owned(),
        text: Secret::from(text),
        until: Some(
            app.clock
                .now()
                .saturating_add(millis(app.config.sign_in.code_lives)),
        ),
    }
}

/// A long code for `to`.
pub(super) fn long_letter(app: &App, to: &str, code: &Secret) -> Letter {
    let lives = app.config.sign_in.long_code_lives;
    let text = format!(
        "{}\n\nThis code signs you in to Ballast, once, for {}. Type it only at {}, where you typed your address.\n\nIt is \
         longer than usual because your address was typed there often lately. Without it nobody comes in, so give it to \
         nobody who asks you for it. If you do not want to sign in, you need not do anything.\n",
        code.expose(),
        minutes(lives.as_secs()),
        app.config.public_url,
    );
    Letter {
        to: to.to_owned(),
        subject: "Your code for Ballast".to_owned(),
        text: Secret::from(text),
        until: Some(app.clock.now().saturating_add(millis(lives))),
    }
}

/// `10 minutes`.
pub(in crate::accounts) fn minutes(seconds: u64) -> String {
    match seconds.div_euclid(60) {
        0 | 1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}
