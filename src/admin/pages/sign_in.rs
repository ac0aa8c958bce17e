//! What is demanded of those who sign in.

use maud::{Markup, html};

use super::settings;
use crate::accounts::second_factor::{Demand, Holder};
use crate::admin::rules::Section;
use crate::clock::Clock;
use crate::ui::{self, FormState, Frame};
use crate::units::ids::AccountId;

/// Of whom a second step is demanded, and who has one.
pub fn sign_in(
    frame: &Frame,
    clock: &Clock,
    own: AccountId,
    state: &FormState,
    demand: Demand,
    holders: &[Holder],
) -> Markup {
    let choices = Demand::ALL.map(|one| (one.as_str().to_owned(), one.explained().to_owned()));
    let ready = holders.iter().filter(|one| has_one(one)).count();
    let inside = html! {
        section.card {
            header { h2 { "Second step" } span.muted { "asked after the password or the digits, at each sign-in" } }
            (ui::errors_summary(state))
            form.form.narrow method="post" action="/settings/sign-in" {
                (ui::form_key(&frame.form_key))
                (ui::choice(state, "demand", "Asked of", None, &choices))
                p.hint { "Whoever has none yet sets one up at their next sign-in, before anything else opens. Their sessions end. Whoever signs in with a passkey needs no second step." }
                div.actions { button.btn.primary type="submit" { "Save" } }
            }
        }
        section.card {
            header { h2 { "Who has one" } span.muted { (ready) " of " (holders.len()) } }
            div.scroll role="region" tabindex="0" aria-label="Who has a second step" {
                table.list.stacked {
                    thead { tr {
                        th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "Authenticator" }
                        th scope="col" { "Passkeys" } th scope="col" { span.visually-hidden { "Reset" } }
                    } }
                    tbody { @for one in holders { (row(frame, clock, own, demand, one)) } }
                }
            }
            p.hint { "Reset takes off what somebody has lost: authenticator, recovery codes and passkeys. Their sessions end, and it is written down." }
        }
    };
    settings(frame, Section::SignIn, &inside)
}

fn has_one(holder: &Holder) -> bool {
    holder.authenticator.is_some() || holder.passkeys > 0
}

fn row(frame: &Frame, clock: &Clock, own: AccountId, demand: Demand, holder: &Holder) -> Markup {
    let owed = demand.holds_for(holder.access) && !has_one(holder);
    html! {
        tr {
            td { (holder.name) @if holder.account == own { " " (ui::chip("", "you")) } @if owed { " " (ui::chip("warn", "at the next sign-in")) } }
            td.muted { (holder.email) }
            td { span.phone-only.muted { "Authenticator: " } @match holder.authenticator { Some(at) => { "since " (ui::ago(clock, at)) }, None => span.faint { "–" } } }
            td { span.phone-only.muted { "Passkeys: " } @if holder.passkeys > 0 { (holder.passkeys) } @else { span.faint { "–" } } }
            td.end {
                @if has_one(holder) && holder.account != own {
                    form method="post" action=(format!("/settings/sign-in/{}/reset", holder.account)) {
                        (ui::form_key(&frame.form_key))
                        button.btn.small type="submit" aria-label=(format!("Reset the second step of {}", holder.name))
                            data-confirm=(format!("Take the second step off {}? Authenticator, recovery codes and passkeys go, and their sessions end.", holder.name)) { "Reset" }
                    }
                }
            }
        }
    }
}
