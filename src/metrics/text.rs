//! All figures, as text.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Metric, Registry};

use super::{Metrics, PANICS, REFUSED, Vitals, vitals};
use crate::app::App;
use crate::web::edge::Bucket;

/// How it is called where it is shown.
pub const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Build {
    version: &'static str,
    sqlite: &'static str,
}

/// All figures as they are now.
pub async fn all(app: &App) -> String {
    let directory = app.config.data_dir.clone();
    let took = tokio::task::spawn_blocking(move || sync_time(&directory)).await;
    if let Ok(Some(seconds)) = took {
        app.metrics.syncs.observe(seconds);
    }
    let seen = vitals(app).await;
    let mut registry = Registry::default();
    of_requests(&mut registry, app);
    of_times(&mut registry, app);
    of_database(&mut registry, app, &seen);
    of_work(&mut registry, app, &seen);
    of_process(&mut registry, &seen);
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = prometheus_client::encoding::text::encode(&mut text, &registry);
    plain(&text)
}

/// How long the disk takes to keep a few bytes for good, in seconds.
fn sync_time(directory: &Path) -> Option<f64> {
    let path = directory.join(".sync-time");
    let mut file = std::fs::File::create(path).ok()?;
    file.write_all(b"how long does this take?\n").ok()?;
    let begun = Instant::now();
    file.sync_data().ok()?;
    Some(begun.elapsed().as_secs_f64())
}

fn count(registry: &mut Registry, name: &str, help: &str, count: u64) {
    registry.register(name, help, ConstCounter::new(count));
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: Option<u64>) {
    let value = value.and_then(|value| i64::try_from(value).ok());
    if let Some(value) = value {
        registry.register(name, help, ConstGauge::<i64>::new(value));
    }
}

fn shared(registry: &mut Registry, name: &str, help: &str, metric: impl Metric) {
    registry.register(name, help, metric);
}

fn of_requests(registry: &mut Registry, app: &App) {
    let Metrics {
        times,
        answers,
        certificate_ends,
        ..
    } = &app.metrics;
    shared(
        registry,
        "ballast_request_seconds",
        "From a request's head to its answer's, by line of the table of routes",
        times.clone(),
    );
    shared(registry, "ballast_answers", "Answers by status", answers.clone());
    let lines = u64::try_from(app.feed.lines()).ok();
    gauge(registry, "ballast_event_lines", "Open lines of events", lines);
    let refused = Bucket::ALL
        .into_iter()
        .map(|bucket| app.limiter.refused(bucket))
        .sum();
    count(
        registry,
        "ballast_rate_limited",
        "Requests that were too many",
        refused,
    );
    count(
        registry,
        "ballast_sign_ins_refused",
        "Sign-ins, second steps and links that were refused",
        REFUSED.get(),
    );
    count(
        registry,
        "ballast_panics",
        "Panics, wherever they were",
        PANICS.get(),
    );
    if let Some(tls) = &app.tls {
        certificate_ends.set(tls.not_after() / 1_000);
    }
    if certificate_ends.get() > 0 {
        shared(
            registry,
            "ballast_certificate_not_after_seconds",
            "When the certificate that Ballast shows ends, since 1970",
            certificate_ends.clone(),
        );
    }
}

fn of_times(registry: &mut Registry, app: &App) {
    let pulse = app.db.pulse();
    for (name, help, metric) in [
        (
            "ballast_write_wait_seconds",
            "How long writes waited for their turn",
            &pulse.waits,
        ),
        (
            "ballast_commit_seconds",
            "How long it took to make a batch of writes durable",
            &pulse.commits,
        ),
        (
            "ballast_checkpoint_seconds",
            "How long it took to carry the log over into the file",
            &pulse.checkpoints,
        ),
        (
            "ballast_disk_sync_seconds",
            "How long the disk took to keep a few bytes, tried with each scrape",
            &app.metrics.syncs,
        ),
    ] {
        shared(registry, name, help, metric.clone());
    }
}

fn of_database(registry: &mut Registry, app: &App, seen: &Vitals) {
    let pulse = app.db.pulse();
    gauge(
        registry,
        "ballast_writes_waiting",
        "Writes in the queue",
        Some(pulse.waiting()),
    );
    let silence = Some(pulse.silence().as_secs());
    gauge(
        registry,
        "ballast_writer_silent_seconds",
        "Since the writer last said that it is there",
        silence,
    );
    gauge(
        registry,
        "ballast_wal_bytes",
        "The log of the database",
        Some(seen.log),
    );
    shared(
        registry,
        "ballast_checkpoint_busy",
        "Checkpoints that somebody who reads held up",
        pulse.held.clone(),
    );
    shared(
        registry,
        "ballast_database_busy",
        "Times that the database had too much to do",
        pulse.busy.clone(),
    );
    gauge(
        registry,
        "ballast_answers_bytes",
        "Finished answers that are kept",
        Some(app.answers.bytes()),
    );
    let revision = u64::try_from(app.book().revision).ok();
    gauge(
        registry,
        "ballast_revision",
        "The newest change of the plan",
        revision,
    );
}

fn of_work(registry: &mut Registry, app: &App, seen: &Vitals) {
    let jobs = Family::<State, Gauge>::default();
    for (state, count) in [
        ("waiting", seen.jobs.waiting),
        ("running", seen.jobs.running),
        ("failed", seen.jobs.failed),
    ] {
        jobs.get_or_create(&State { state }).set(count);
    }
    registry.register("ballast_jobs", "Jobs by state; failed ones were given up", jobs);
    let now = app.clock.now();
    let age = |since: i64| u64::try_from((now - since).max(0) / 1_000).ok();
    let beat = app.jobs.last_beat();
    for (name, help, since) in [
        (
            "ballast_job_oldest_seconds",
            "For how long the oldest job waits that is due",
            Some(seen.jobs.oldest.unwrap_or(now)),
        ),
        (
            "ballast_workers_silent_seconds",
            "Since a worker last looked into the queue",
            (beat > 0).then_some(beat),
        ),
        (
            "ballast_backup_age_seconds",
            "Since the newest backup was made; not there where there is none",
            seen.backup,
        ),
        (
            "ballast_backup_verified_age_seconds",
            "Since a backup was last read through and found whole",
            seen.verified,
        ),
    ] {
        gauge(registry, name, help, since.and_then(age));
    }
}

fn of_process(registry: &mut Registry, seen: &Vitals) {
    for (name, help, value) in [
        (
            "ballast_disk_free_bytes",
            "What is free where the data is",
            seen.disk.map(|disk| disk.free),
        ),
        (
            "ballast_disk_bytes",
            "What there is where the data is",
            seen.disk.map(|disk| disk.total),
        ),
        ("process_open_fds", "Open descriptors", seen.open),
        (
            "process_max_fds",
            "How many descriptors may be open",
            seen.may_open,
        ),
        (
            "process_resident_memory_bytes",
            "Memory of the process",
            seen.resident,
        ),
    ] {
        gauge(registry, name, help, value);
    }
    let build = Build {
        version: env!("CARGO_PKG_VERSION"),
        sqlite: crate::db::Db::engine(),
    };
    let info = Family::<Build, Gauge>::default();
    info.get_or_create(&build).set(1);
    registry.register("ballast_build_info", "What runs", info);
}

/// The newer text has counters without `_total` in what is said about them, and an end; every Prometheus reads the older one.
fn plain(text: &str) -> String {
    let counters: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let mut plain = String::with_capacity(text.len());
    for line in text.lines().filter(|line| *line != "# EOF") {
        let about = line.strip_prefix("# ").and_then(|rest| {
            let (word, rest) = rest.split_once(' ')?;
            let (name, rest) = rest.split_once(' ')?;
            counters.contains(&name).then_some((word, name, rest))
        });
        // Writing to a String does not fail.
        let _ = match about {
            Some((word, name, rest)) => writeln!(plain, "# {word} {name}_total {rest}"),
            None => writeln!(plain, "{line}"),
        };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_called_as_every_prometheus_knows_them() {
        let newer =
            "# HELP a Things.\n# TYPE a counter\na_total 3\n# HELP b Some.\n# TYPE b gauge\nb 1\n# EOF\n";
        assert_eq!(
            plain(newer),
            "# HELP a_total Things.\n# TYPE a_total counter\na_total 3\n# HELP b Some.\n# TYPE b gauge\nb 1\n"
        );
    }
}
