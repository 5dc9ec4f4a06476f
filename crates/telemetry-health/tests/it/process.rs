//! What is told of the process.

use std::time::{Duration, Instant};

use telemetry_health::{Heap, Process};
use telemetry_testkit::TestTelemetry;

const MEMORY: &str = "agentpane_process_memory_bytes";
const CPU: &str = "agentpane_process_cpu_seconds_total";
const OPEN: &str = "agentpane_process_open_fds";
const UPTIME: &str = "agentpane_process_uptime_seconds";

#[test]
fn uptime_counts_from_the_start_of_the_process() {
    let telemetry = TestTelemetry::new();
    let _observed = Process::new().observe(telemetry.meter());
    let begun = Instant::now();
    let first = telemetry.metrics().gauge(UPTIME, &[]);
    let looked = Instant::now();
    while looked.elapsed() < Duration::from_millis(20) {
        std::hint::spin_loop();
    }
    let second = telemetry.metrics().gauge(UPTIME, &[]);
    let passed = begun.elapsed().as_secs_f64();
    assert!(second - first >= 0.02 && second - first < passed + 1.0, "{first} {second} {passed}");
}

#[test]
fn the_series_end_with_what_observes() {
    let telemetry = TestTelemetry::new();
    let observed = Process::new().observe(telemetry.meter());
    assert!(telemetry.metrics().find(UPTIME, &[]).is_some());
    drop(observed);
    assert!(telemetry.metrics().names().is_empty(), "{}", telemetry.metrics());
    let _again = Process::new().observe(telemetry.meter());
    assert!(telemetry.metrics().find(UPTIME, &[]).is_some());
}

#[test]
fn memory_that_nobody_tells_is_left_out() {
    for (heap, told) in [
        (Heap::default(), [None, None, None]),
        (Heap { used: Some(5), ..Heap::default() }, [Some(5.0), None, None]),
        (Heap { used: Some(0), total: Some(7), external: Some(1) }, [Some(0.0), Some(7.0), Some(1.0)]),
    ] {
        let telemetry = TestTelemetry::new();
        let _observed = Process::new().heap(move || heap).observe(telemetry.meter());
        let metrics = telemetry.metrics();
        let found = ["heap_used", "heap_total", "external"].map(|kind| metrics.value(MEMORY, &[("type", kind)]));
        assert_eq!(found, told);
    }
    let telemetry = TestTelemetry::new();
    let _observed = Process::new().observe(telemetry.meter());
    assert!(telemetry.metrics().series_count(MEMORY) <= 2, "only what the platform tells: {}", telemetry.metrics());
}

#[cfg(target_os = "linux")]
mod on_linux {
    use telemetry_testkit::eventually;

    use super::*;

    /// A field of `/proc/self/status`, in bytes: what the kernel says elsewhere than where the crate reads.
    fn status(field: &str) -> f64 {
        let text = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
        let line = text.lines().find(|line| line.starts_with(field)).expect("the kernel tells it");
        let kibibytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok());
        kibibytes.expect("a number of kB") * 1024.0
    }

    #[test]
    fn memory_is_what_the_kernel_says() {
        let telemetry = TestTelemetry::new();
        let _observed = Process::new().observe(telemetry.meter());
        let ballast = vec![1_u8; 64 << 20];
        for (kind, field) in [("rss", "VmRSS:"), ("virtual", "VmSize:")] {
            // Other tests of this process come and go between the two looks, but not each time.
            eventually(format!("what is told of {kind} is what the kernel says"), || {
                let told = telemetry.metrics().gauge(MEMORY, &[("type", kind)]);
                let known = status(field);
                let is_told = (told / known - 1.0).abs() < 0.5 && told > ballast.len() as f64;
                is_told.then_some(()).ok_or_else(|| format!("{told}, not {known}"))
            })
            .wait();
        }
    }

    #[test]
    fn cpu_time_rises_with_work() {
        let telemetry = TestTelemetry::new();
        let _observed = Process::new().observe(telemetry.meter());
        let spent = || {
            let metrics = telemetry.metrics();
            ["user", "system"].map(|mode| metrics.counter(CPU, &[("mode", mode)]))
        };
        let before = spent();
        let begun = Instant::now();
        // A tick of the kernel's accounting is 10 ms.
        while spent()[0] - before[0] < 0.1 {
            assert!(begun.elapsed() < Duration::from_secs(30), "{before:?} {:?}", spent());
        }
        assert!(spent()[1] >= before[1]);
    }

    #[test]
    fn open_files_are_counted() {
        let telemetry = TestTelemetry::new();
        let _observed = Process::new().observe(telemetry.meter());
        let open = || telemetry.metrics().gauge(OPEN, &[]);
        // Other tests of this process open and close some, too, but not as many each time.
        eventually("200 files more are told while they are open", || {
            let before = open();
            let files: Vec<_> = (0..200).map(|_| std::fs::File::open("/dev/null").expect("it is there")).collect();
            let with = open();
            drop(files);
            let after = open();
            let is_told = with - before > 100.0 && after - before < 100.0;
            is_told.then_some(()).ok_or_else(|| format!("{before}, then {with}, then {after}"))
        })
        .wait();
    }

    #[test]
    fn the_limit_of_open_files_is_the_systems() {
        let telemetry = TestTelemetry::new();
        let _observed = Process::new().observe(telemetry.meter());
        let limits = std::fs::read_to_string("/proc/self/limits").expect("Linux tells them");
        let line = limits.lines().find(|line| line.starts_with("Max open files")).expect("it is among them");
        let soft = line.split_whitespace().nth(3).and_then(|limit| limit.parse::<f64>().ok());
        let told = telemetry.metrics().find("agentpane_process_max_fds", &[]).is_some();
        assert_eq!(told, soft.is_some(), "{line}");
        if let Some(soft) = soft {
            telemetry.metrics().assert_gauge("agentpane_process_max_fds", &[], soft);
        }
    }

    #[test]
    fn uptime_is_that_of_the_kernel() {
        let telemetry = TestTelemetry::new();
        let _observed = Process::new().observe(telemetry.meter());
        let told = || telemetry.metrics().gauge(UPTIME, &[]);
        let before = told();
        let elapsed =
            std::process::Command::new("ps").args(["-o", "etimes=", "-p", &std::process::id().to_string()]).output();
        // Not every machine has ps.
        if let Some(known) = elapsed.ok().and_then(|output| String::from_utf8(output.stdout).ok())
            && let Ok(known) = known.trim().parse::<f64>()
        {
            // A busy machine may take its time to start ps.
            let after = told();
            assert!((before - 2.0..=after + 2.0).contains(&known), "{before} to {after}, not {known}");
        }
    }
}
