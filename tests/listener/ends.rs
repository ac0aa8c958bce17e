//! How a server ends: what runs is finished, everything else is told so, and the data is as if nobody had been there.

use std::io::{Read as _, Write as _};
use std::process::Command;

use super::program::{Program, binary, command};
use super::raw::{self, until};

/// A request that is under way until the rest of its body comes.
const HALF: &[u8] =
    b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\nusern";

fn begin(program: &Program) -> std::net::TcpStream {
    let mut stream = raw::connect(&program.address());
    stream.write_all(HALF).unwrap();
    stream
}

#[test]
fn whoever_shares_requests_out_is_told_first_and_what_runs_is_finished() {
    for signal in ["-TERM", "-INT"] {
        let directory = tempfile::tempdir().unwrap();
        let mut program = Program::start(directory.path(), &[("SHUTDOWN_DELAY", "1")]);
        let mut under_way = begin(&program);
        assert_eq!(program.get("/readyz").status, 200);
        program.signal(signal);
        // Connections are still taken, and say that it ends.
        until("it says so", || {
            (program.get("/readyz").status == 503).then_some(())
        });
        assert_eq!(program.get("/livez").status, 200);
        let address = program.address();
        until("it takes no more", || {
            std::net::TcpStream::connect(&address).is_err().then_some(())
        });
        under_way.write_all(b"ame=a").unwrap();
        let answers = raw::rest(&mut under_way);
        assert_eq!(answers.len(), 1);
        assert!(answers[0].closes(), "{}", answers[0].head);
        assert!(program.ended().success());
        let log = directory.path().join("data/ballast.sqlite-wal");
        assert!(log.metadata().map_or(0, |log| log.len()) == 0);
        assert_eq!(program.said("ERROR"), 0, "{}", program.log());
    }
}

#[test]
fn what_takes_longer_than_its_time_is_left_and_a_second_signal_waits_for_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut program = Program::start(directory.path(), &[("SHUTDOWN_GRACE", "0")]);
    let mut under_way = begin(&program);
    program.signal("-TERM");
    assert!(program.ended().success());
    assert_eq!(under_way.read(&mut [0]).unwrap_or(0), 0);
    drop(program);
    let mut program = Program::start(directory.path(), &[("SHUTDOWN_GRACE", "300")]);
    let _under_way = begin(&program);
    program.signal("-TERM");
    until("it heard the first", || {
        (program.said("ends when what runs is done") > 0).then_some(())
    });
    program.signal("-TERM");
    assert_eq!(program.ended().code(), Some(1));
    assert_eq!(program.said("ends at once"), 1);
}

#[test]
fn as_the_first_process_of_a_container_it_hears_signals_too() {
    let directory = tempfile::tempdir().unwrap();
    let mut contained = Command::new("unshare");
    contained
        .args(["-Urpf", "--mount-proc", "--kill-child"])
        .arg(binary())
        .arg("serve");
    contained.current_dir(directory.path());
    for (name, value) in command(&binary(), directory.path(), &[]).get_envs() {
        contained.env(name, value.unwrap_or_default());
    }
    let mut program = Program::spawn(directory.path(), contained);
    assert_eq!(program.get("/livez").status, 200);
    let inside = format!("/proc/{0}/task/{0}/children", program.child.id());
    let inside = std::fs::read_to_string(inside).unwrap().trim().to_owned();
    let signal = |name: &str| {
        assert!(
            Command::new("kill")
                .args([name, &inside])
                .status()
                .unwrap()
                .success()
        );
    };
    signal("-HUP");
    until("it reads its settings again", || {
        (program.said("were read again") > 0).then_some(())
    });
    assert_eq!(program.get("/livez").status, 200);
    signal("-TERM");
    assert!(program.ended().success(), "{}", program.log());
}
