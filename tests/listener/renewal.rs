//! SIGHUP: settings that change while they are used, and a new binary that takes over, without a failed request.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use super::program::{Program, binary, command};
use super::raw::{self, until};

fn settings(directory: &Path, lines: &str) {
    std::fs::write(directory.join(".env"), lines).unwrap();
}

fn reload(program: &Program, said: &str) {
    let before = program.said(said);
    program.signal("-HUP");
    until(said, || (program.said(said) > before).then_some(()));
}

#[test]
fn settings_are_read_again_and_bad_ones_leave_everything_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    settings(directory.path(), "ALLOWED_HOSTS=one.example\n");
    let program = Program::start(directory.path(), &[]);
    let asked = |host: &str| {
        let request = format!("GET /auth/login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        raw::exchange(&program.address(), request.as_bytes())
            .remove(0)
            .status
    };
    assert_eq!((asked("one.example"), asked("two.example")), (200, 421));
    settings(
        directory.path(),
        "ALLOWED_HOSTS=two.example\nLOG_LEVEL=debug\nWORKERS=3\n",
    );
    reload(&program, "the settings were read again");
    assert_eq!((asked("one.example"), asked("two.example")), (421, 200));
    let log = program.log();
    assert!(log.contains("changed=ALLOWED_HOSTS, LOG_LEVEL"), "{log}");
    assert!(
        log.contains("WORKERS") && log.contains("wait for the next start"),
        "{log}"
    );
    settings(
        directory.path(),
        "ALLOWED_HOSTS=three.example\nLOG_LEVEL=loud\nCONNECTIONS=none\n",
    );
    reload(&program, "the settings stay as they were");
    let log = program.log();
    let told = log
        .lines()
        .find(|line| line.contains("stay as they were"))
        .unwrap();
    assert!(
        told.contains("ERROR") && told.contains("LOG_LEVEL") && told.contains("CONNECTIONS"),
        "{told}"
    );
    assert_eq!((asked("two.example"), asked("three.example")), (200, 421));
}

/// A browser that keeps its connection for as long as the server does, and asks without a pause.
struct Browser {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    asking: JoinHandle<Vec<String>>,
}

impl Browser {
    fn open(address: &str, path: &'static str) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (end, count, address) = (Arc::clone(&stop), Arc::clone(&answered), address.to_owned());
        let asking = std::thread::spawn(move || {
            let mut faults = Vec::new();
            let mut stream: Option<TcpStream> = None;
            while !end.load(Ordering::Relaxed) {
                let mut open = stream.take().unwrap_or_else(|| raw::connect(&address));
                let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
                let answer = open
                    .write_all(request.as_bytes())
                    .and_then(|()| raw::next(&mut open));
                match answer {
                    Ok(answer) if answer.status == 200 => {
                        count.fetch_add(1, Ordering::Relaxed);
                        stream = Some(open).filter(|_| !answer.closes());
                    }
                    other => faults.push(format!("{other:?}")),
                }
            }
            faults
        });
        Self {
            stop,
            answered,
            asking,
        }
    }

    fn close(self) -> (usize, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        let faults = self.asking.join().unwrap();
        (self.answered.load(Ordering::Relaxed), faults)
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a story is told in one go")]
fn twenty_reloads_and_a_new_binary_fail_no_request() {
    let directory = tempfile::tempdir().unwrap();
    let installed = directory.path().join("ballast");
    std::fs::copy(binary(), &installed).unwrap();
    let socket = directory.path().join("web.sock");
    let listen = format!("127.0.0.1:0 unix:{}", socket.display());
    let mut start = command(
        &installed,
        directory.path(),
        &[("LISTEN", &listen), ("RATE_LIMIT_PAGE_PER_SECOND", "100000")],
    );
    start.arg("serve");
    let mut program = Program::spawn(directory.path(), start);
    let address = program.address();
    let mut browsers: Vec<Browser> = ["/healthz", "/livez", "/healthz", "/livez", "/auth/login"]
        .into_iter()
        .map(|path| Browser::open(&address, path))
        .collect();
    // One that has said nothing for a while is idle when the new binary comes, and asks again afterwards.
    let mut idle = raw::connect(&address);
    idle.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    raw::next(&mut idle).unwrap();
    for round in 0..20 {
        settings(directory.path(), &format!("CONNECTIONS={}\n", 1_000 + round));
        reload(&program, "the settings were read again");
    }
    assert_eq!(program.starts(), 1);
    // One that cannot run is no reason to give up what does.
    std::fs::rename(&installed, directory.path().join("before")).unwrap();
    std::fs::write(&installed, "no program").unwrap();
    reload(&program, "the new binary is not given way to");
    std::fs::copy(binary(), directory.path().join("new")).unwrap();
    std::fs::rename(directory.path().join("new"), &installed).unwrap();
    program.signal("-HUP");
    until("the new binary serves", || (program.starts() == 2).then_some(()));
    assert_eq!(program.address(), address);
    let before: Vec<usize> = browsers
        .iter()
        .map(|browser| browser.answered.load(Ordering::Relaxed))
        .collect();
    until("everybody is answered by it", || {
        let now = browsers
            .iter()
            .map(|browser| browser.answered.load(Ordering::Relaxed));
        now.zip(&before)
            .all(|(now, before)| now > before + 5)
            .then_some(())
    });
    assert!(
        program.child.try_wait().unwrap().is_none(),
        "the process is the same"
    );
    let running = std::fs::metadata(format!("/proc/{}/exe", program.child.id())).unwrap();
    assert_eq!(running.ino(), std::fs::metadata(&installed).unwrap().ino());
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    for browser in browsers.drain(..) {
        let (answered, faults) = browser.close();
        assert_eq!(faults, Vec::<String>::new(), "of {answered}");
    }
    let mut over_file = std::os::unix::net::UnixStream::connect(&socket).unwrap();
    over_file.write_all(b"GET /livez HTTP/1.0\r\n\r\n").unwrap();
    let mut text = String::new();
    over_file.read_to_string(&mut text).unwrap();
    assert!(text.contains(" 200 "), "{text}");
    // It can be done again.
    std::fs::copy(binary(), directory.path().join("new")).unwrap();
    std::fs::rename(directory.path().join("new"), &installed).unwrap();
    program.signal("-HUP");
    until("the newest binary serves", || {
        (program.starts() == 3).then_some(())
    });
    assert_eq!(program.get("/readyz").status, 200);
    program.signal("-TERM");
    assert!(program.ended().success());
    assert!(!socket.exists());
}
