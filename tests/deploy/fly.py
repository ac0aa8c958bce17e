#!/usr/bin/env python3
"""Holds fly.toml against what Fly.io documents, and against what one machine with one volume needs."""

import sys
import tomllib

KNOWN = {
    "": {"app", "primary_region", "kill_signal", "kill_timeout", "build", "deploy", "env", "mounts", "http_service", "checks", "metrics", "restart", "vm",
         "swap_size_mb", "console_command", "processes", "services", "files", "statics", "host_dedication_key", "experimental"},
    "build": {"dockerfile", "image", "args", "build-target", "ignorefile", "builder"},
    "deploy": {"strategy", "release_command", "release_command_timeout", "max_unavailable", "wait_timeout", "release_command_vm"},
    "mounts": {"source", "destination", "initial_size", "snapshot_retention", "scheduled_snapshots", "auto_extend_size_threshold", "auto_extend_size_increment",
               "auto_extend_size_limit", "processes"},
    "http_service": {"internal_port", "force_https", "auto_stop_machines", "auto_start_machines", "min_machines_running", "processes", "concurrency",
                     "checks", "machine_checks", "tls_options", "http_options"},
    "http_service.concurrency": {"type", "soft_limit", "hard_limit"},
    "http_service.checks": {"grace_period", "interval", "timeout", "method", "path", "protocol", "tls_skip_verify", "tls_server_name", "headers"},
    "checks": None,
    "checks.*": {"type", "port", "method", "path", "grace_period", "interval", "timeout", "protocol", "tls_skip_verify", "tls_server_name", "headers", "processes"},
    "metrics": {"port", "path", "processes", "https"},
    "restart": {"policy", "retries", "processes"},
    "vm": {"size", "memory", "memory_mb", "cpus", "cpu_kind", "gpus", "gpu_kind", "kernel_args", "processes", "persist_rootfs"},
    "env": None,
}


def walk(table, name, faults):
    known = KNOWN.get(name, KNOWN.get(name.split(".")[0] + ".*"))
    for key, value in table.items():
        if known is not None and key not in known:
            faults.append(f"[{name}] {key} is nothing that Fly.io knows")
        inner = f"{name}.{key}".lstrip(".")
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                walk(one, inner, faults)


def main():
    with open(sys.argv[1], "rb") as file:
        fly = tomllib.load(file)
    faults = []
    walk(fly, "", faults)

    def must(right, words):
        if not right:
            faults.append(words)

    mount, service, environment = fly["mounts"][0], fly["http_service"], fly["env"]
    port = int(environment["HTTP_ADDR"].rsplit(":", 1)[1])
    must(len(fly["mounts"]) == 1 and mount["destination"] == environment["DATA_DIR"], "the volume is not where the data is kept")
    must(fly["deploy"].get("strategy") == "rolling", "a volume allows no other strategy than rolling")
    must("release_command" not in fly["deploy"], "a release command has no volume, so it cannot migrate")
    must(environment.get("MIGRATE") == "auto", "without a release command the server migrates at its start")
    must(fly["kill_signal"] in ("SIGTERM", "SIGINT"), "the server drains on SIGTERM and SIGINT")
    must(20 < int(fly["kill_timeout"]) <= 300, "it must be given longer than SHUTDOWN_GRACE, and Fly.io allows 300 s")
    must(service["internal_port"] == port, "Fly.io asks another port than the one that is listened to")
    must(service["auto_stop_machines"] in ("off", False), "scheduled work needs a machine that runs")
    must(environment["TLS"] == "off" and environment["TRUSTED_PROXIES"] == "fly", "Fly.io's proxy ends TLS and says who asks")
    must(fly["restart"][0]["policy"] == "always", "the watchdog ends the process so that it is started again")
    must(service["checks"] and all(one["path"].startswith("/health") for one in service["checks"]), "/health is exempt from ALLOWED_HOSTS")
    must(fly["checks"]["alive"]["path"] == "/livez" and fly["checks"]["alive"]["port"] == port, "the check of life asks elsewhere")
    extend = [key for key in mount if key.startswith("auto_extend_size_")]
    must(len(extend) in (0, 3), "a volume grows only where threshold, increment and limit are all named")
    must(service["concurrency"]["hard_limit"] < 10_000, "Fly.io gives a process 10,240 descriptors")
    must(int(mount["snapshot_retention"]) in range(1, 61), "snapshots are kept for 1 to 60 days")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
