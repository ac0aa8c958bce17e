//! Where the server listens, what it needs before it does, and who has its data.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt as _, FdMapping};

use super::program::{Program, binary, command};
use super::raw::{self, until};

const ASK: &[u8] = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Runs `serve` to its end: its code, what it said, and how long it took.
fn refused(directory: &std::path::Path, settings: &[(&str, &str)]) -> (i32, String, Duration) {
    let begun = Instant::now();
    let output = command(&binary(), directory, settings)
        .arg("serve")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), said, begun.elapsed())
}

fn over_file(path: &std::path::Path) -> String {
    let mut stream = UnixStream::connect(path).unwrap();
    stream.write_all(ASK).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_port_that_is_taken_is_told_of_before_anything_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (code, said, after) = refused(directory.path(), &[("HTTP_ADDR", &address.to_string())]);
    assert_eq!(code, 69, "{said}");
    let port = address.port().to_string();
    assert!(said.contains(&port) && said.contains("ss -ltnp"), "{said}");
    assert!(after < Duration::from_secs(1), "{after:?}");
    assert!(!directory.path().join("data").exists());
}

#[test]
fn a_file_and_addresses_are_listened_at_together_and_the_file_goes_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("web.sock");
    // Left behind by a server that was killed.
    drop(UnixListener::bind(&path).unwrap());
    let listen = format!("127.0.0.1:0 unix:{}", path.display());
    let mut program = Program::start(
        directory.path(),
        &[("LISTEN", &listen), ("WEB_CONCURRENCY", "40")],
    );
    assert_eq!(program.get("/livez").status, 200);
    assert!(over_file(&path).starts_with("HTTP/1.1 200"));
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o660);
    let tasks = std::fs::read_dir(format!("/proc/{}/task", program.child.id())).unwrap();
    let names = tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap());
    let threads = names.filter(|name| name.starts_with("tokio-rt")).count();
    // Those that wait for files have the same name.
    assert!((40..60).contains(&threads), "{threads}");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.child.id())).unwrap();
    let files: Vec<&str> = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(files[3], files[4], "{limits}");
    program.signal("-TERM");
    assert!(program.ended().success());
    assert!(!path.exists());
}

#[test]
fn a_file_that_is_no_socket_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes");
    std::fs::write(&path, "mine").unwrap();
    let (code, said, _) = refused(
        directory.path(),
        &[("LISTEN", &format!("unix:{}", path.display()))],
    );
    assert_eq!(code, 69, "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    let (code, said, _) = refused(directory.path(), &[("LISTEN", "somewhere unix:here")]);
    assert_eq!(code, 78);
    assert!(said.contains("somewhere") && said.contains("unix:here"), "{said}");
    let (code, said, _) = refused(directory.path(), &[("LISTEN", "fd://")]);
    assert!(code == 69 && said.contains("LISTEN_FDS"), "{said}");
}

#[test]
fn a_socket_that_is_handed_over_is_served_as_systemd_does_it() {
    for listen in ["", "fd://"] {
        let directory = tempfile::tempdir().unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        // Whoever connects before it starts is answered when it has.
        let mut early = raw::connect(&address.to_string());
        early.write_all(ASK).unwrap();
        let served = command(&binary(), directory.path(), &[("LISTEN", listen)]);
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" serve"])
            .arg(binary());
        shell.current_dir(directory.path());
        for (name, value) in served.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        let handed = FdMapping {
            parent_fd: socket.into(),
            child_fd: 3,
        };
        shell.fd_mappings(vec![handed]).unwrap();
        let program = Program::spawn(directory.path(), shell);
        assert_eq!(program.address(), address.to_string());
        assert_eq!(raw::rest(&mut early)[0].status, 200);
    }
}

#[test]
fn a_second_server_waits_for_the_first_and_then_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let first = Program::start(directory.path(), &[]);
    let (code, said, after) = refused(directory.path(), &[("LOCK_WAIT", "1")]);
    assert_eq!(code, 75, "{said}");
    assert!(said.contains(&format!("process {}", first.child.id())), "{said}");
    assert!(after >= Duration::from_secs(1));
    // One that may wait gets the data when the first lets go of it.
    let other = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let second = std::thread::spawn(move || {
        let program = Program::start(other.path(), &[("DATA_DIR", data.to_str().unwrap())]);
        let status = program.get("/readyz").status;
        drop(program);
        drop(other);
        status
    });
    let mut first = first;
    first.signal("-TERM");
    assert!(first.ended().success());
    assert_eq!(second.join().unwrap(), 200);
}

#[test]
fn systemd_hears_that_it_is_ready_reloads_goes_on_and_ends() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notify");
    let heard = UnixDatagram::bind(&path).unwrap();
    heard.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let next = |wanted: &str| {
        let mut all = String::new();
        let mut word = [0; 4_096];
        while !all.contains(wanted) {
            let length = heard
                .recv(&mut word)
                .unwrap_or_else(|error| panic!("{wanted}: {error}; {all}"));
            all.push_str(std::str::from_utf8(&word[..length]).unwrap());
            all.push('\n');
        }
        all
    };
    let mut program = Program::start(directory.path(), &[("NOTIFY_SOCKET", path.to_str().unwrap())]);
    assert!(next("READY=1").contains("127.0.0.1:"));
    assert_eq!(program.get("/readyz").status, 200);
    next("WATCHDOG=1");
    program.signal("-HUP");
    assert!(next("READY=1").contains("RELOADING=1\nMONOTONIC_USEC="));
    program.signal("-TERM");
    next("STOPPING=1");
    assert!(program.ended().success());
}

#[test]
fn without_descriptors_health_still_answers_and_all_is_well_when_they_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut limited = Command::new("prlimit");
    limited
        .arg("--nofile=64:64")
        .arg(binary())
        .arg("serve")
        .current_dir(directory.path());
    for (name, value) in command(&binary(), directory.path(), &[]).get_envs() {
        limited.env(name, value.unwrap_or_default());
    }
    let program = Program::spawn(directory.path(), limited);
    let address = program.address();
    let held: Vec<_> = (0..80).map(|_| raw::connect(&address)).collect();
    until("they are used up", || {
        (program.said("no more descriptors") > 0).then_some(())
    });
    let before = busy(program.child.id());
    let begun = Instant::now();
    // Those that came before it and say nothing have a moment each.
    let answer = until("health answers", || {
        let mut stream = raw::connect(&address);
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            .unwrap();
        raw::next(&mut stream).ok()
    });
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    // 100 ticks are a second of one core.
    let share = (busy(program.child.id()) - before) * 10_000
        / u64::try_from(begun.elapsed().as_millis().max(1)).unwrap();
    assert!(
        share < 200 || begun.elapsed() < Duration::from_millis(500),
        "{share} of 1000"
    );
    drop(held);
    until("it answers everybody", || {
        let mut stream = raw::connect(&address);
        stream
            .write_all(b"GET /auth/login HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
        raw::next(&mut stream).ok().filter(|answer| answer.status == 200)
    });
}

#[test]
fn one_address_has_so_many_connections_and_others_have_theirs() {
    // Connections of this machine to itself count by the address that it has in a network; where it has none, nobody does.
    let probe = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let own = probe.connect("192.0.2.1:9").and_then(|()| probe.local_addr());
    let Some(own) = own
        .ok()
        .map(|address| address.ip())
        .filter(|ip| !ip.is_loopback())
    else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(
        directory.path(),
        &[
            ("HTTP_ADDR", "0.0.0.0:0"),
            ("CONNECTIONS_PER_ADDRESS", "3"),
            // With a proxy named, others of a private network are counted.
            ("TRUSTED_PROXIES", "192.0.2.7"),
        ],
    );
    let port = program.address().rsplit(':').next().unwrap().to_owned();
    let (far, near) = (format!("{own}:{port}"), format!("127.0.0.1:{port}"));
    let ask = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let held: Vec<_> = (0..3)
        .map(|_| {
            let mut stream = raw::connect(&far);
            stream.write_all(ask).unwrap();
            assert_eq!(raw::next(&mut stream).unwrap().status, 200);
            stream
        })
        .collect();
    let refused = raw::exchange(&far, ASK);
    assert_eq!(refused[0].status, 503);
    assert!(refused[0].closes(), "{}", refused[0].head);
    assert_eq!(raw::exchange(&near, ASK)[0].status, 200);
    drop(held);
    until("its places come back", || {
        let answers = raw::exchange(&far, ASK);
        (answers[0].status == 200).then_some(())
    });
}

/// For how many ticks a process has worked.
fn busy(id: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap().split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
