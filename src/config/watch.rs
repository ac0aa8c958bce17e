//! What is told of how Ballast is: lines of the log, figures for a monitor, letters about faults.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::checker::Checker;
use super::table::Setting;
use crate::secret::Secret;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "LOG_FILE",
        "",
        "Where the log goes in place of the standard error. Opened anew on SIGHUP, so that logrotate may move it away.",
    ),
    Setting::open(
        "ACCESS_LOG_STATIC",
        "true",
        "Whether requests for styles, scripts, fonts and icons stand in the log.",
    ),
    Setting::open(
        "SLOW_QUERY_MS",
        "5000",
        "From how many milliseconds on a query of the database is written to the log, without its values; 0 for none.",
    ),
    Setting::open(
        "METRICS_ADDR",
        "",
        "Where figures for Prometheus are served, such as 127.0.0.1:9091: an address of this machine or of a private network. Blank serves none. Peers from elsewhere are not answered.",
    ),
    Setting::secret(
        "METRICS_PASSWORD",
        "What Prometheus must show for them (basic_auth, with any user name). Blank asks for nothing.",
    ),
    Setting::open(
        "ERROR_REPORT_EMAIL",
        "",
        "Who gets a letter when Ballast crashes or work in the background fails for good; several with commas. Blank tells administrators of the latter, and nobody of crashes.",
    ),
    Setting::secret(
        "SENTRY_DSN",
        "Where crashes are reported to besides: the DSN of a project of Sentry, or of what takes its envelopes.",
    ),
];

/// What is told of how Ballast is.
#[derive(Clone)]
pub struct Watch {
    /// Where the log goes, if not to the standard error.
    pub log_file: Option<PathBuf>,
    /// Whether requests for static files are logged.
    pub access_log_static: bool,
    /// From when on a query is slow; zero for never.
    pub slow_query: Duration,
    /// Where figures are served.
    pub metrics: Option<SocketAddr>,
    /// What must be shown for them.
    pub metrics_password: Option<Secret>,
    /// Who gets letters about faults.
    pub report_to: Vec<String>,
    /// Where crashes are reported to.
    pub sentry_dsn: Option<Secret>,
}

impl Watch {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        let report_to = check.list("ERROR_REPORT_EMAIL");
        if report_to
            .iter()
            .any(|one| one.parse::<lettre::Address>().is_err())
        {
            check.fault("ERROR_REPORT_EMAIL must be an address, or several with commas between them");
        }
        Self {
            log_file: check.text("LOG_FILE").map(PathBuf::from),
            access_log_static: check.flag("ACCESS_LOG_STATIC"),
            slow_query: Duration::from_millis(check.number("SLOW_QUERY_MS", 0, 3_600_000)),
            metrics: metrics(check),
            metrics_password: check.secret("METRICS_PASSWORD"),
            report_to,
            sentry_dsn: check.secret("SENTRY_DSN"),
        }
    }
}

fn metrics(check: &mut Checker<'_>) -> Option<SocketAddr> {
    let text = check.text("METRICS_ADDR")?;
    let address: Option<SocketAddr> = text.parse().ok();
    let near = address.filter(|address| is_near(address.ip()) || address.ip().is_unspecified());
    if near.is_none() {
        check.fault(
            "METRICS_ADDR must be an address and port of this machine or of a private network, such as 127.0.0.1:9091",
        );
    }
    near
}

/// Whether an address is of this machine or of a network that is nobody else's.
#[must_use]
pub fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            // 100.64.0.0/10 is shared by the machines of one provider or one overlay.
            let [first, second, ..] = address.octets();
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_for_near_eyes() {
        for (address, near) in [
            ("127.0.0.1", true),
            ("10.1.2.3", true),
            ("172.19.0.2", true),
            ("100.100.1.1", true),
            ("::1", true),
            ("fdaa:0:1::3", true),
            ("::ffff:192.168.1.1", true),
            ("203.0.113.9", false),
            ("100.128.0.1", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_near(address.parse().unwrap()), near, "{address}");
        }
    }
}
