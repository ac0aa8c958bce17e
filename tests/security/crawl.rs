//! Every route, asked by everybody: nobody, a viewer, a member, a manager of another department, a manager of the
//! department that everything asked for belongs to, a manager of everything, an administrator.

use ballast::accounts::Access;
use ballast::people::{TimeOffDraft, request};
use ballast::routes;
use ballast::units::ids::PersonId;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::table::{Class, Who, lines};
use crate::house::Guest;
use crate::scope::world::{World, cell, gesture};

/// A world with everything that an address may name, all of it of Electrical, which Elin manages and Otto does not.
struct Town {
    world: World,
    change_set: i64,
    leave: i64,
    /// What stands in the address of the manager's poker room.
    room: String,
    /// Has no account, and sits in that room.
    seated: Guest,
}

impl Town {
    async fn open() -> Self {
        let world = World::open().await;
        let written = world.manager.write_cells(&[cell(world.ada_on_harbour, 9)]).await;
        let told: Value = written.json().await.unwrap();
        let ada = PersonId(world.ada);
        let asked = world
            .house
            .app
            .db
            .write(gesture("asked for leave"), move |tx| {
                let mut draft = TimeOffDraft {
                    absence: ballast::book::Absence {
                        first: "2027-01-11".parse().unwrap(),
                        last: "2027-01-12".parse().unwrap(),
                        half: false,
                        from_midday: false,
                        until_midday: false,
                    },
                    kind: ballast::people::TimeOffKind::Holiday,
                    note: String::new(),
                };
                draft.note.clear();
                request(tx, ada, &draft)
            })
            .await;
        let (room, seated) = room(&world).await;
        Self {
            room,
            seated,
            change_set: told["changeSet"].as_i64().unwrap(),
            leave: asked.unwrap().value.0,
            world,
        }
    }

    fn guest(&self, who: Who) -> Option<&Guest> {
        match who {
            Who::OwnManager => Some(&self.world.elin),
            Who::OtherManager => Some(&self.world.otto),
            Who::Manager => Some(&self.world.manager),
            Who::Guest => Some(&self.seated),
            Who::Nobody | Who::Viewer | Who::Member | Who::Admin => None,
        }
    }

    /// The address with real ids of Electrical where it names something that belongs to a department; else with ids that
    /// name nothing.
    fn address(&self, path: &str) -> String {
        let room = path
            .trim_start_matches("/api/v1")
            .split('/')
            .nth(1)
            .unwrap_or_default();
        let id = match room {
            "people" => self.world.ada,
            "projects" => self.world.harbour,
            "assignments" => self.world.ada_on_harbour,
            "deliverables" => self.world.handover,
            "time-off" => self.leave,
            "change-sets" => self.change_set,
            _ => 987_654,
        };
        let query = match path {
            "/deliverables/new" => format!("?project={}", self.world.harbour),
            "/finder/assign" => format!("?person={}&project={}", self.world.ada, self.world.harbour),
            "/api/v1/imports" => "?name=file.csv&what=hours".to_owned(),
            _ => String::new(),
        };
        path.replace("{link}", &self.room)
            .replace("{action}", "x")
            .replace("{department}", &self.world.electrical.to_string())
            .replace("{tree}", "0")
            .replace("{*name}", "x")
            .replace("{key}", "x")
            .replace("{id}", &id.to_string())
            .replace("{time_off}", &self.leave.to_string())
            .replace("{from}", "2026-11-16")
            .replace("{day}", "2026-11-16")
            + &query
    }

    /// What is sent where the body says whose it is.
    fn body(&self, path: &str) -> Value {
        let (department, project, person) = (self.world.electrical, self.world.harbour, self.world.ada);
        match path {
            "/api/v1/hours" => json!({ "cells": [cell(self.world.ada_on_harbour, 7)] }),
            "/people" | "/api/v1/people" => json!({ "name": "Kim Sato", "department": department }),
            "/projects" | "/api/v1/projects" => {
                json!({ "name": "Pier", "status": 2, "department": department })
            }
            "/assignments" | "/api/v1/assignments" => json!({ "project": project, "person": person }),
            "/deliverables" => json!({ "project": project, "name": "Drawings", "due": "2026-12-04" }),
            "/finder/assign" => json!({
                "person": person, "project": project, "role": "", "note": "",
                "week-2026-12-14": "4", "seen-2026-12-14": "0 2400 0",
            }),
            _ => json!({}),
        }
    }

    async fn ask(&self, guest: &Guest, method: &str, path: &str) -> Response {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = guest.request(method.clone(), &self.address(path));
        let request = match path {
            _ if method == Method::GET => request,
            "/api/v1/imports" => request.body("Person,Project,Week,Hours\nAda Osei,Harbour,2026-12-07,6\n"),
            _ => request.json(&self.body(path)),
        };
        request.send().await.unwrap()
    }
}

/// The manager's room, with a guest in it.
async fn room(world: &World) -> (String, Guest) {
    let made = world.manager.post("/api/v1/poker", &json!({})).await;
    let made: Value = made.json().await.unwrap();
    let link = made["link"].as_str().unwrap().to_owned();
    let mut seated = world.house.stranger();
    let joined = seated
        .form(&format!("/poker/{link}/join"), &[("name", "Gia")])
        .await;
    seated.keep_cookie(&joined);
    (link, seated)
}

/// The lines in the order in which they are asked: what takes something away comes last.
fn in_order() -> Vec<(&'static str, &'static str, Class)> {
    let mut all = lines();
    // These two end the visit, or never end.
    all.retain(|(_, path, _)| !matches!(*path, "/auth/logout" | "/events" | "/poker/{link}/events"));
    all.sort_by_key(|(method, path, _)| {
        let whole = matches!(
            *path,
            "/projects/{id}/remove" | "/api/v1/projects/{id}" | "/poker/{link}/end"
        );
        (*method == "DELETE" || path.ends_with("/remove"), whole)
    });
    all
}

/// Whether an answer sends somebody to a door where they can sign in.
fn is_to_a_door(answer: &Response) -> bool {
    let to = answer.headers().get("location").and_then(|to| to.to_str().ok());
    answer.status() == StatusCode::UNAUTHORIZED
        || to.is_some_and(|to| to.starts_with("/auth/login?next=") || to.starts_with("/admin/login?next="))
}

async fn check(town: &Town, guest: &Guest, who: Who, (method, path, class): (&str, &str, Class)) {
    let answer = town.ask(guest, method, path).await;
    super::cookies::checked(&answer);
    let status = answer.status();
    let to_a_door = is_to_a_door(&answer);
    let text = answer.text().await.unwrap();
    let seen = format!("{method} {path} ({class:?}) as {who:?}: {status}\n{text}");
    assert!(!status.is_server_error(), "{seen}");
    if class.lets_in(who) {
        // At the doors themselves somebody without a key is told so, whoever they are.
        assert!(
            class == Class::Anybody || status != StatusCode::UNAUTHORIZED,
            "{seen}"
        );
        assert!(!text.contains("Your account may not do this"), "{seen}");
        assert!(!text.contains("You are not in this room"), "{seen}");
        if class == Class::Department {
            assert_ne!(status, StatusCode::FORBIDDEN, "{seen}");
            // What was there is gone by now where another line took it away; of the rest nothing is missing.
            let took = method == "DELETE" || path.ends_with("/remove");
            assert!(took || status != StatusCode::NOT_FOUND, "{seen}");
        }
    } else if class == Class::Room {
        assert!(text.contains("You are not in this room"), "{seen}");
    } else if matches!(who, Who::Nobody | Who::Guest) {
        assert!(to_a_door, "{seen}");
    } else {
        // Forms in which a department is chosen say so at the field, and files by the row.
        let at_the_field = status == StatusCode::UNPROCESSABLE_ENTITY
            && class == Class::Department
            && [
                "choose one of the departments that you manage",
                "a department that you do not manage",
            ]
            .iter()
            .any(|words| text.contains(words));
        assert!(status == StatusCode::FORBIDDEN || at_the_field, "{seen}");
    }
}

#[tokio::test]
async fn everybody_who_may_not_is_refused_whatever_they_ask() {
    let town = Town::open().await;
    let nobody = town.world.house.stranger();
    let viewer = town.world.house.guest(Access::Viewer).await;
    let member = town.world.house.guest(Access::Member).await;
    let before = town.world.house.app.book().revision;
    for (who, guest) in [
        (Who::Nobody, &nobody),
        (Who::Guest, &town.seated),
        (Who::Viewer, &viewer),
        (Who::Member, &member),
        (Who::OtherManager, &town.world.otto),
    ] {
        for line in in_order().into_iter().filter(|line| !line.2.lets_in(who)) {
            check(&town, guest, who, line).await;
        }
    }
    assert_eq!(
        town.world.house.app.book().revision,
        before,
        "nothing was changed"
    );
}

#[tokio::test]
async fn everybody_who_may_is_let_in() {
    for who in [
        Who::Nobody,
        Who::Guest,
        Who::Viewer,
        Who::Member,
        Who::OtherManager,
        Who::OwnManager,
        Who::Manager,
        Who::Admin,
    ] {
        let town = Town::open().await;
        let house = &town.world.house;
        let other = match who {
            Who::Nobody | Who::Guest => house.stranger(),
            Who::Viewer => house.guest(Access::Viewer).await,
            Who::Member => house.guest(Access::Member).await,
            _ => house.admin().await,
        };
        let guest = town.guest(who).unwrap_or(&other);
        if who != Who::Nobody {
            // Whoever has an account comes into a room by opening its link.
            guest.get(&format!("/poker/{}", town.room)).await;
        }
        for line in in_order().into_iter().filter(|line| line.2.lets_in(who)) {
            check(&town, guest, who, line).await;
        }
    }
}

#[tokio::test]
async fn a_manager_of_their_own_department_is_refused_what_is_for_administrators_or_for_all() {
    let town = Town::open().await;
    for line in in_order()
        .into_iter()
        .filter(|line| !line.2.lets_in(Who::OwnManager))
    {
        check(&town, &town.world.elin, Who::OwnManager, line).await;
    }
    for line in in_order()
        .into_iter()
        .filter(|line| !line.2.lets_in(Who::Manager))
    {
        check(&town, &town.world.manager, Who::Manager, line).await;
    }
}

#[tokio::test]
async fn other_methods_are_answered_as_such() {
    let town = Town::open().await;
    let admin = town.world.house.admin().await;
    admin.get(&format!("/poker/{}", town.room)).await;
    let all = routes::table();
    for route in &all {
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            if all
                .iter()
                .any(|other| other.path == route.path && other.method == method)
            {
                continue;
            }
            let answer = admin
                .request(method.clone(), &town.address(route.path))
                .send()
                .await
                .unwrap();
            // Whoever says a hundred things to a room at once is not looked at more closely.
            if answer.status() == StatusCode::TOO_MANY_REQUESTS && route.who == routes::Who::Room {
                continue;
            }
            assert_eq!(
                answer.status(),
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {}",
                route.path
            );
        }
    }
}
