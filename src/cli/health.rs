//! `ballast health`: asks the running server, for images without curl.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use clap::Args;

use super::exit::{self, Failure};
use crate::config::Config;

/// How to ask.
#[derive(Args)]
pub struct Options {
    /// Asks again, for this many seconds at most, until the server works.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "30")]
    wait: Option<u64>,
    /// How many seconds one answer may take, from 1 to 60.
    #[arg(long, value_name = "SECONDS", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
}

/// Asks `/health` at the configured address.
pub fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let patience = Duration::from_secs(options.timeout);
    let until = Instant::now() + Duration::from_secs(options.wait.unwrap_or(0));
    loop {
        match ask(reachable(config.http_addr), patience) {
            Ok(()) => return exit::print("healthy"),
            Err(why) if Instant::now() >= until => return Err(Failure::unavailable(why)),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// A server that listens on every address is asked on the loopback one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn ask(address: SocketAddr, patience: Duration) -> Result<(), String> {
    let mut stream = TcpStream::connect_timeout(&address, patience)
        .map_err(|error| format!("no answer at {address}: {error}"))?;
    let talk = |stream: &mut TcpStream| -> std::io::Result<String> {
        stream.set_read_timeout(Some(patience))?;
        stream.write_all(
            format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes(),
        )?;
        let mut head = [0_u8; 15];
        stream.read_exact(&mut head)?;
        Ok(String::from_utf8_lossy(&head).into_owned())
    };
    let head = talk(&mut stream).map_err(|error| format!("no answer at {address}: {error}"))?;
    if head.starts_with("HTTP/1.1 200") {
        Ok(())
    } else {
        Err(format!("{address} answers that it is not healthy"))
    }
}
