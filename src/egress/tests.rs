use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::config::Sources;

fn door(settings: &[(&str, &str)]) -> Egress {
    // Production wants to know under which name it is asked.
    let hosts = ("ALLOWED_HOSTS", "plan.example.org");
    let sources = Sources::environment(&[settings, &[hosts]].concat());
    Egress::new(&Config::from_sources(&sources).ok().unwrap()).unwrap()
}

/// A server on this machine that says `answer` to whoever comes, and then holds the line.
async fn server(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut asked = [0_u8; 4096];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.read(&mut asked).await;
            });
        }
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn this_machine_may_be_asked_at_a_desk_and_not_in_production() {
    let url = server(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".to_vec()).await;
    let answer = door(&[]).get(&url).await.unwrap();
    assert_eq!((answer.status, answer.body), (StatusCode::OK, b"hello".to_vec()));
    let production = door(&[("ENVIRONMENT", "production")]);
    assert_eq!(production.get(&url).await.unwrap_err(), EgressError::BadAddress);
    let encrypted = url.replace("http:", "https:");
    assert_eq!(production.get(&encrypted).await.unwrap_err(), EgressError::Closed);
    let opened = door(&[("ENVIRONMENT", "production"), ("EGRESS_ALLOW", "127.0.0.1")]);
    assert_eq!(
        opened.get(&encrypted).await.unwrap_err(),
        EgressError::Unreachable
    );
}

#[tokio::test]
async fn addresses_that_are_no_servers_of_others_are_refused() {
    let door = door(&[]);
    for (url, error) in [
        ("ftp://example.org/", EgressError::BadAddress),
        ("http://example.org/", EgressError::BadAddress),
        ("https://a:b@example.org/", EgressError::BadAddress),
        ("/path", EgressError::BadAddress),
        ("https://169.254.169.254/latest", EgressError::Closed),
        ("https://[fdaa::3]/", EgressError::Closed),
        ("https://[::ffff:10.0.0.1]/", EgressError::Closed),
        ("https://[64:ff9b::a9fe:a9fe]/", EgressError::Closed),
        ("https://0.0.0.0/", EgressError::Closed),
    ] {
        assert_eq!(door.get(url).await.unwrap_err(), error, "{url}");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused_like_its_address() {
    let production = door(&[("ENVIRONMENT", "production")]);
    let error = production.get("https://localhost:1/").await.unwrap_err();
    assert_eq!(error, EgressError::Closed);
}

#[tokio::test]
async fn an_answer_is_bounded_in_time_and_size_and_leads_nowhere() {
    let door = door(&[]);
    let mut large = b"HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n".to_vec();
    large.resize(large.len() + LONGEST + 1, b'x');
    let large = server(large).await;
    assert_eq!(door.get(&large).await.unwrap_err(), EgressError::TooLarge);
    let slow = server(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel".to_vec()).await;
    let hasty = door.within(Duration::from_millis(50));
    assert_eq!(hasty.get(&slow).await.unwrap_err(), EgressError::TooSlow);
    let moved = format!("HTTP/1.1 302 Found\r\nlocation: {slow}\r\ncontent-length: 0\r\n\r\n");
    let answer = door.get(&server(moved.into_bytes()).await).await.unwrap();
    assert_eq!(answer.status, StatusCode::FOUND);
}

#[test]
fn a_form_is_encoded() {
    assert_eq!(encoded(&[("a", "b c&d"), ("é", "+")]), "a=b%20c%26d&%C3%A9=%2B");
}
