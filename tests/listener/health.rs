//! `ballast health`: it finds whatever an installation listens at, and says where it asked and what was wrong.

use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use super::program::{Program, binary, command};
use super::raw::until;

fn asked(directory: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command(&binary(), directory, settings)
        .arg("health")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// A port that nobody listened at a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[test]
fn files_addresses_and_what_was_handed_over_are_all_asked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("web.sock");
    let file = format!("unix:{}", path.display());
    let (first, second) = (free_port(), free_port());
    let listen = format!("0.0.0.0:{first} 127.0.0.1:{second} {file}");
    let mut program = Program::start(directory.path(), &[("LISTEN", &listen)]);
    let (code, out, told) = asked(directory.path(), &[("LISTEN", &listen)], &[]);
    assert_eq!((code, out.as_str()), (0, "healthy\n"), "{told}");
    for place in [
        format!("asked http://127.0.0.1:{first}/health: healthy"),
        format!("asked http://127.0.0.1:{second}/health: healthy"),
        format!("asked /health at {file}: healthy"),
    ] {
        assert!(told.contains(&place), "{place}: {told}");
    }
    // What the settings cannot name is asked where commands are heard.
    let (code, _, told) = asked(directory.path(), &[("LISTEN", "fd://")], &[]);
    assert!(code == 0 && told.contains("control.sock: healthy"), "{told}");
    // One of several that is not there is a fault, whatever the others say.
    let more = format!("{listen} unix:{}/other.sock", directory.path().display());
    let (code, out, told) = asked(directory.path(), &[("LISTEN", &more)], &[]);
    assert_eq!((code, out.as_str()), (69, ""), "{told}");
    assert!(told.contains("other.sock: nobody listens there"), "{told}");
    program.signal("-TERM");
    assert!(program.ended().success());
    let (code, _, told) = asked(directory.path(), &[("LISTEN", &file)], &[]);
    assert!(
        code == 69 && told.contains("web.sock: nobody listens there"),
        "{told}"
    );
    let (code, _, told) = asked(directory.path(), &[], &[]);
    assert!(
        code == 69 && told.contains("no server has this directory"),
        "{told}"
    );
}

#[test]
fn who_is_no_server_or_says_nothing_is_told_of_in_words() {
    use std::io::{Read as _, Write as _};
    let directory = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let settings = [("HTTP_ADDR", address.as_str())];
    let talking = std::thread::spawn(move || {
        for words in [
            &b"220 mail.example.org ESMTP\r\n"[..],
            b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\nbad",
        ] {
            let (mut stream, _) = other.accept().unwrap();
            // All of it, since what is unread when it closes would end the connection without these words.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            stream.write_all(words).unwrap();
        }
        // Kept open without a word until the test is over.
        (other.accept().unwrap(), other)
    });
    let (code, _, told) = asked(directory.path(), &settings, &[]);
    assert!(code == 69 && told.contains("does not speak HTTP"), "{told}");
    let (code, _, told) = asked(directory.path(), &settings, &[]);
    assert!(
        code == 69 && told.contains("answers 503 Service Unavailable bad"),
        "{told}"
    );
    let (code, _, told) = asked(directory.path(), &settings, &["--timeout", "1"]);
    assert!(code == 69 && told.contains("no answer within 1 s"), "{told}");
    drop(talking.join().unwrap());
}

#[test]
fn whoever_waits_hears_of_it_when_the_server_has_begun() {
    let directory = tempfile::tempdir().unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let settings = [("HTTP_ADDR", address.as_str())];
    let waiting = command(&binary(), directory.path(), &settings)
        .args(["health", "--wait", "50"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    until("it has begun to wait", || {
        std::fs::metadata(format!("/proc/{}/exe", waiting.id())).ok()
    });
    let _program = Program::start(directory.path(), &settings);
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "healthy\n");
}
