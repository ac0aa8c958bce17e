//! Figures for a monitor, in the text that Prometheus reads, on a listener of their own ([`serve()`]).
//!
//! What is counted as it happens are atomics and histograms; what can be looked at when somebody asks is looked at then.

mod serve;
mod text;
mod vitals;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

pub use serve::serve;
pub use vitals::{Disk, Vitals, vitals};

/// Something that happens anywhere in the process, counted.
pub struct Count(AtomicU64);

impl Count {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// It has happened once more.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Refused sign-ins, second steps and links.
pub static REFUSED: Count = Count::new();
/// Panics, wherever they were.
pub static PANICS: Count = Count::new();

/// Where the times of answers are cut, in seconds.
const CUTS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// One line of the table of routes. A path of the table holds nothing that somebody typed, so there are only so many.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    status: u16,
}

/// What is counted as it happens. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Metrics {
    times: Family<Route, Histogram, fn() -> Histogram>,
    answers: Family<Answer, Counter>,
    /// When the certificate that we show ends, in seconds since 1970; 0 where we show none.
    pub certificate_ends: Gauge,
    /// How often what we wanted to keep on the disk could be asked of it, and how long that took.
    syncs: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            times: Family::new_with_constructor(|| Histogram::new(CUTS)),
            answers: Family::default(),
            certificate_ends: Gauge::default(),
            syncs: Histogram::new(CUTS),
        }
    }
}

impl Metrics {
    /// An answer was given.
    ///
    /// * `route`: the path of the table that it met.
    /// * `took`: until its head was ready.
    pub fn answered(&self, method: &http::Method, route: &'static str, status: u16, took: Duration) {
        let method = name_of(method);
        self.times
            .get_or_create(&Route { method, route })
            .observe(took.as_secs_f64());
        self.answers.get_or_create(&Answer { method, status }).inc();
    }
}

/// The name of a method; one that nobody knows is `OTHER`, since anybody may make some up.
fn name_of(method: &http::Method) -> &'static str {
    match *method {
        http::Method::GET => "GET",
        http::Method::HEAD => "HEAD",
        http::Method::POST => "POST",
        http::Method::PUT => "PUT",
        http::Method::PATCH => "PATCH",
        http::Method::DELETE => "DELETE",
        http::Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
