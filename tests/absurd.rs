//! What nobody in their senses asks: each gets a clear refusal or a bounded answer, and everybody else goes on.

#[cfg(test)]
mod tests {
    use ballast::cache;
    use reqwest::StatusCode;
    use serde_json::Value;

    use crate::house::House;

    #[tokio::test]
    async fn windows_beyond_all_measure_are_refused_or_cut_to_what_a_page_shows() {
        let house = House::open().await;
        house.seed().await;
        let viewer = house.manager().await;
        for weeks in ["100000", "0", "105", "65535", "-1", "1e9", "", "many"] {
            let answer = viewer.get(&format!("/api/v1/utilisation?weeks={weeks}")).await;
            let status = answer.status();
            let told: Value = answer.json().await.unwrap();
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{weeks}");
            assert_eq!(told["errors"][0]["field"], "weeks", "{weeks}: {told}");
        }
        for from in ["1900-01-01", "2199-12-31"] {
            let told = viewer
                .json(&format!("/api/v1/utilisation?weeks=104&from={from}"))
                .await;
            assert_eq!(told["weeks"].as_array().unwrap().len(), 104);
        }
        let answer = viewer.get("/api/v1/utilisation?from=9999-12-31").await;
        assert!(answer.status().is_client_error());
        for path in ["/schedule", "/", "/forecast", "/reports", "/calendar"] {
            for weeks in ["100000", "0", "-7", "99999999999999999999"] {
                let answer = viewer.get(&format!("{path}?weeks={weeks}&from=2199-12-31")).await;
                let (status, page) = (answer.status(), answer.text().await.unwrap());
                assert!(
                    status.is_success() || status.is_client_error(),
                    "{path} {weeks}: {status}"
                );
                assert!(page.len() < 200_000, "{path} {weeks}: {} bytes", page.len());
            }
        }
    }

    #[tokio::test]
    async fn filters_of_ten_thousand_values_are_too_long_and_shorter_ones_are_cut() {
        let house = House::open().await;
        house.seed().await;
        let viewer = house.manager().await;
        let list = |count: usize| (0..count).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        let answer = viewer.get(&format!("/schedule?open={}", list(10_000))).await;
        assert!(answer.status().is_client_error(), "{}", answer.status());
        let answer = viewer.get(&format!("/schedule?open={}", list(2_000))).await;
        assert_eq!(answer.status(), StatusCode::URI_TOO_LONG);
        let answer = viewer.get(&format!("/schedule?open={}", list(1_500))).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let many = "department=1&".repeat(500);
        assert!(
            viewer
                .get(&format!("/api/v1/overview?{many}"))
                .await
                .status()
                .is_success()
        );
    }

    /// A different question each time puts out what was kept, and takes no more room than there is.
    #[tokio::test]
    async fn a_thousand_different_questions_take_no_more_room_than_one_is_given() {
        let house = House::open().await;
        let seed = house.seed().await;
        let viewer = house.manager().await;
        let before = viewer.json("/api/v1/utilisation?weeks=12").await;
        for number in 0..1_000 {
            let weeks = 1 + number % 104;
            let department = number / 104;
            let path = format!("/api/v1/utilisation?weeks={weeks}&department={department}");
            assert_eq!(viewer.get(&path).await.status(), StatusCode::OK);
        }
        for number in 0..60 {
            let page = viewer.get(&format!("/schedule?weeks=52&q=nobody{number}")).await;
            assert_eq!(page.status(), StatusCode::OK);
        }
        assert!(house.app.answers.bytes() <= cache::MOST);
        assert_eq!(viewer.json("/api/v1/utilisation?weeks=12").await, before);
        assert!(before.to_string().contains("Ada") && seed.ada > 0);
    }
}
