//! GraphQL: the sign-in, what can be read, and what is refused.

#[cfg(test)]
mod tests {
    use crate::house::{Guest, House, PASSWORD};
    use ballast::accounts::Access;
    use reqwest::{Client, Method, StatusCode};
    use serde_json::{Value, json};

    async fn ask(guest: &Guest, query: &str) -> Value {
        let answer = guest.post("/graphql", &json!({ "query": query })).await;
        assert_eq!(answer.status(), StatusCode::OK, "{query}");
        answer.json().await.unwrap()
    }

    /// What was asked for, where nothing was wrong.
    async fn data(guest: &Guest, query: &str) -> Value {
        let mut answer = ask(guest, query).await;
        assert!(answer["errors"].is_null(), "{query}: {answer}");
        answer["data"].take()
    }

    async fn code(guest: &Guest, query: &str) -> String {
        let answer = ask(guest, query).await;
        assert!(answer["data"].is_null(), "{query}: {answer}");
        let error = &answer["errors"][0];
        error["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| error["message"].as_str().unwrap())
            .to_owned()
    }

    #[tokio::test]
    async fn the_login_of_the_deployment_test_answers_with_an_access() {
        let house = House::open().await;
        house.guest(Access::Viewer).await;
        // As curl sends it: no cookie, no origin, nothing but the two headers.
        let body = format!(
            r#"{{"query":"mutation {{ login(email: \"viewer@example.org\", password: \"{PASSWORD}\") {{ accessToken }} }}"}}"#
        );
        let client = Client::new();
        let address = format!("{}/graphql", house.address);
        let answer = client
            .post(&address)
            .header("Content-Type", "application/json")
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(
            answer.headers()["set-cookie"]
                .to_str()
                .unwrap()
                .contains("HttpOnly")
        );
        let told: Value = answer.json().await.unwrap();
        let access = told["data"]["login"]["accessToken"].as_str().unwrap();
        let read = client
            .post(&address)
            .header("Authorization", format!("Bearer {access}"))
            .json(&json!({ "query": "{ people { nodes { name } } }" }))
            .send()
            .await
            .unwrap();
        assert!(read.json::<Value>().await.unwrap()["errors"].is_null());
    }

    #[tokio::test]
    async fn a_wrong_login_is_an_error_that_tells_nothing() {
        let house = House::open().await;
        house.guest(Access::Viewer).await;
        let stranger = house.stranger();
        let mut told = Vec::new();
        for (email, password) in [
            ("viewer@example.org", "wrong horse battery"),
            ("nobody@example.org", PASSWORD),
        ] {
            let query = format!(
                "mutation {{ login(email: \"{email}\", password: \"{password}\") {{ accessToken }} }}"
            );
            let answer = stranger.post("/graphql", &json!({ "query": query })).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert!(!answer.headers().contains_key("set-cookie"));
            told.push(answer.json::<Value>().await.unwrap());
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(told[0]["data"], Value::Null);
        assert_eq!(told[0]["errors"][0]["extensions"]["code"], "SIGN_IN_REFUSED");
    }

    #[tokio::test]
    async fn who_is_not_signed_in_may_only_do_that() {
        let house = House::open().await;
        let stranger = house.stranger();
        for query in [
            "{ people { nodes { name } } }",
            "{ __typename }",
            "{ __schema { types { name } } }",
            "mutation { __typename }",
            "query a { people { nodes { id } } } mutation b { login(email: \"a\", password: \"b\") { accessToken } }",
        ] {
            assert_eq!(code(&stranger, query).await, "NOT_SIGNED_IN", "{query}");
        }
    }

    #[tokio::test]
    async fn the_plan_is_read_as_the_pages_show_it() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let cells = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": 7.5 }] });
        assert_eq!(
            manager.post("/api/v1/hours", &cells).await.status(),
            StatusCode::OK
        );
        let viewer = house.guest(Access::Viewer).await;
        let people = data(
        &viewer,
        "{ people { nodes { name role department { name path } weeks(weeks: 2) { week booked capacity percent } \
         assignments { nodes { project { name code client status countsAs } hours(weeks: 1) { week hours } } } } } }",
    )
    .await;
        let ada = &people["people"]["nodes"][0];
        assert_eq!(ada["name"], "Ada Osei");
        assert_eq!(ada["role"], "Engineer");
        assert_eq!(ada["department"]["path"], "Electrical");
        assert_eq!(
            ada["weeks"][0],
            json!({ "week": "2026-11-16", "booked": 7.5, "capacity": 40, "percent": 19 })
        );
        let assignment = &ada["assignments"]["nodes"][0];
        assert_eq!(assignment["project"]["name"], "Harbour Substation");
        assert_eq!(
            assignment["hours"],
            json!([{ "week": "2026-11-16", "hours": 7.5 }])
        );

        let project = data(
        &viewer,
        &format!(
            "{{ project(id: {}) {{ booked weeks(weeks: 1) {{ hours }} assignments {{ nodes {{ person {{ name }} role }} }} }} }}",
            seed.project
        ),
    )
    .await;
        assert_eq!(project["project"]["booked"], 7.5);
        assert_eq!(
            project["project"]["assignments"]["nodes"][2],
            json!({ "person": null, "role": "Engineer" })
        );
        assert_eq!(
            data(&viewer, "{ person(id: 987654) { name } }").await["person"],
            Value::Null
        );
    }

    #[tokio::test]
    async fn sums_are_those_of_the_json_interface() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let cells = json!({ "cells": [
        { "assignment": seed.adas, "week": "2026-11-16", "hours": 50 },
        { "assignment": seed.open, "week": "2026-11-23", "hours": 12.5 },
    ] });
        assert_eq!(
            manager.post("/api/v1/hours", &cells).await.status(),
            StatusCode::OK
        );
        let told = data(
        &manager,
        "{ utilisation(weeks: 2) { department { name } people usual weeks { week capacity confirmed tentative percent } } \
         forecast(weeks: 4, by: DEPARTMENT) { weeks { week capacity confirmed tentative openConfirmed openTentative demand gap idle } groups { name people } } }",
    )
    .await;
        let line = &told["utilisation"][0];
        assert_eq!(
            (&line["department"]["name"], &line["people"]),
            (&json!("Electrical"), &json!(2))
        );
        assert_eq!(line["weeks"][0]["percent"], 125, "{line}");
        let json = manager.json("/api/v1/forecast?weeks=4&by=department").await;
        for (own, theirs) in told["forecast"]["weeks"]
            .as_array()
            .unwrap()
            .iter()
            .zip(json["weeks"].as_array().unwrap())
        {
            for name in [
                "week",
                "capacity",
                "confirmed",
                "tentative",
                "openConfirmed",
                "openTentative",
                "demand",
                "gap",
                "idle",
            ] {
                assert_eq!(own[name], theirs[name], "{name}");
            }
        }
        assert_eq!(told["forecast"]["groups"][0]["name"], json["groups"][0]["name"]);
    }

    #[tokio::test]
    async fn deliverables_come_by_their_day() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        for (name, due) in [("Late", "2026-12-11"), ("Early", "2026-11-20"), ("Some day", "")] {
            let body = json!({ "name": name, "due": due });
            let path = format!("/api/v1/projects/{}/deliverables", seed.project);
            assert_eq!(manager.post(&path, &body).await.status(), StatusCode::CREATED);
        }
        let names = async |query: &str| {
            let told = data(&manager, query).await;
            let nodes = told["deliverables"]["nodes"].as_array().unwrap().clone();
            nodes
                .iter()
                .map(|node| node["name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names("{ deliverables { nodes { name } } }").await,
            ["Early", "Late", "Some day"]
        );
        let between = "{ deliverables(from: \"2026-12-01\", until: \"2026-12-31\") { nodes { name due done project { name } } } }";
        assert_eq!(names(between).await, ["Late"]);
    }

    #[tokio::test]
    async fn a_list_is_told_page_by_page() {
        let house = House::open().await;
        house.seed().await;
        let viewer = house.guest(Access::Viewer).await;
        let first = data(
            &viewer,
            "{ people(first: 1) { edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }",
        )
        .await;
        let page = &first["people"];
        assert_eq!(page["edges"][0]["node"]["name"], "Ada Osei");
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
        let after = page["pageInfo"]["endCursor"].as_str().unwrap();
        let next = data(
        &viewer,
        &format!("{{ people(first: 1, after: \"{after}\") {{ nodes {{ name }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"),
    )
    .await;
        assert_eq!(next["people"]["nodes"][0]["name"], "Bo Lindqvist");
        assert_eq!(
            next["people"]["pageInfo"],
            json!({ "hasNextPage": false, "hasPreviousPage": true })
        );
        let lost = ask(&viewer, "{ people(after: \"987654\") { nodes { name } } }").await;
        assert!(
            lost["errors"][0]["message"]
                .as_str()
                .unwrap()
                .contains("begin again")
        );
    }

    #[tokio::test]
    async fn a_query_that_is_too_heavy_is_refused_before_it_runs() {
        let house = House::open().await;
        house.seed().await;
        let viewer = house.guest(Access::Viewer).await;
        let deep = "{ people { nodes { assignments { nodes { project { assignments { nodes { person { assignments { nodes { person { name } } } } } } } } } } } }";
        assert_eq!(code(&viewer, deep).await, "TOO_HEAVY");
        let names: Vec<String> = (0..16)
            .map(|number| format!("a{number}: departments {{ id }}"))
            .collect();
        assert_eq!(
            code(&viewer, &format!("{{ {} }}", names.join(" "))).await,
            "TOO_HEAVY"
        );
        let tries: Vec<String> = (0..15)
        .map(|number| {
            format!(
                "a{number}: login(email: \"viewer@example.org\", password: \"{number}\") {{ accessToken }}"
            )
        })
        .collect();
        assert_eq!(
            code(&house.stranger(), &format!("mutation {{ {} }}", tries.join(" "))).await,
            "ONE_AT_A_TIME"
        );
        assert_eq!(
            code(
                &viewer,
                "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }"
            )
            .await,
            "CIRCULAR"
        );
        let costly = "{ people(first: 200) { nodes { weeks(weeks: 104) { week booked } } } }";
        assert_eq!(code(&viewer, costly).await, "TOO_HEAVY");
        assert_eq!(
            code(
                &viewer,
                &format!("{{ people {{ nodes {{ {} }} }} }}", "name ".repeat(1_200))
            )
            .await,
            "TOO_HEAVY"
        );
        assert_eq!(code(&viewer, &"{a".repeat(8_000)).await, "TOO_HEAVY");
        assert_eq!(
            code(
                &viewer,
                &format!("{{ people {{ nodes {{ name }} }} }} #{}", "x".repeat(20_000))
            )
            .await,
            "TOO_HEAVY"
        );
        let directives = "{ people { nodes { name @include(if: true) @skip(if: false) @a @b @c @d } } }";
        assert_eq!(code(&viewer, directives).await, "NOT_IN_SCHEMA");
        // The deepest that is useful, and a heavy one that is not too heavy.
        data(
            &viewer,
            "{ people(first: 50) { nodes { name weeks(weeks: 26) { week booked capacity } } } }",
        )
        .await;
    }

    #[tokio::test]
    async fn only_one_query_in_json_by_post_is_taken() {
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        let query = json!({ "query": "{ people { nodes { name } } }" });
        let batch = viewer.post("/graphql", &json!([query, query])).await;
        assert_eq!(batch.status(), StatusCode::BAD_REQUEST);
        assert!(batch.text().await.unwrap().contains("One query at a time"));
        for kind in [
            "text/plain",
            "application/graphql",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "multipart/form-data; boundary=x",
        ] {
            let request = viewer
                .request(Method::POST, "/graphql")
                .header("Content-Type", kind);
            let answer = request.body(query.to_string()).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
        let with_charset = viewer
            .request(Method::POST, "/graphql")
            .header("Content-Type", "application/json; charset=utf-8");
        assert_eq!(
            with_charset
                .body(query.to_string())
                .send()
                .await
                .unwrap()
                .status(),
            StatusCode::OK
        );
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let path = "/graphql?query=%7B__typename%7D";
            let answer = viewer.request(method, path).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        }
        let huge = json!({ "query": "{ __typename }", "variables": { "a": "x".repeat(70_000) } });
        assert_eq!(
            viewer.post("/graphql", &huge).await.status(),
            StatusCode::PAYLOAD_TOO_LARGE
        );
        for body in ["", "{", "7", r#"{"quer":"x"}"#, r#"{"query":7}"#] {
            let request = viewer
                .request(Method::POST, "/graphql")
                .header("Content-Type", "application/json");
            let answer = request.body(body).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        }
    }

    #[tokio::test]
    async fn a_query_with_a_cookie_comes_from_our_own_pages() {
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        let cookie = viewer.cookie.clone().unwrap();
        for origin in [None, Some("https://evil.example")] {
            let request = Client::new()
                .post(format!("{}/graphql", house.address))
                .header("Cookie", &cookie)
                .json(&json!({ "query": "{ people { nodes { name } } }" }));
            let request = match origin {
                Some(origin) => request.header("Origin", origin),
                None => request,
            };
            assert_eq!(
                request.send().await.unwrap().status(),
                StatusCode::FORBIDDEN,
                "{origin:?}"
            );
        }
    }

    #[tokio::test]
    async fn the_schema_is_told_everywhere_but_in_production() {
        let introspect = "{ __schema { queryType { name } } }";
        let house = House::open().await;
        let viewer = house.guest(Access::Viewer).await;
        assert_eq!(
            data(&viewer, introspect).await["__schema"]["queryType"]["name"],
            "Query"
        );
        let slip = ask(&viewer, "{ peple { nodes { name } } }").await;
        assert!(
            slip["errors"][0]["message"]
                .as_str()
                .unwrap()
                .contains("Did you mean")
        );

        let house = House::open_with(&[
            ("ENVIRONMENT", "production"),
            ("EMAIL_BACKEND", ""),
            ("ALLOWED_HOSTS", "127.0.0.1"),
        ])
        .await;
        let viewer = house.guest(Access::Viewer).await;
        for query in [introspect, "{ __type(name: \"Person\") { fields { name } } }"] {
            assert_eq!(code(&viewer, query).await, "SCHEMA_CLOSED");
        }
        let slip = ask(&viewer, "{ peple { nodes { name } } }").await;
        assert!(
            !slip["errors"][0]["message"].as_str().unwrap().contains("people"),
            "{slip}"
        );
    }

    #[test]
    fn the_schema_in_the_documentation_is_the_one_that_runs() {
        let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/graphql.md")).unwrap();
        let kept = kept
            .split_once("```graphql\n")
            .unwrap()
            .1
            .rsplit_once("```")
            .unwrap()
            .0;
        let own = ballast::graphql::sdl();
        assert!(
            kept.trim() == own.trim(),
            "put this between the fences of docs/graphql.md:\n{own}"
        );
    }
}
