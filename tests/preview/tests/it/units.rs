//! Numbers as a panel writes them.

use telemetry_preview::Unit;

#[test]
fn numbers_are_written_as_in_grafana() {
    let cases = [
        ("short", 0.0, "0"),
        ("short", 42.0, "42"),
        ("short", 0.012_34, "0.0123"),
        ("short", 1_500.0, "1.5 K"),
        ("short", 999_999.0, "1 Mil"),
        ("short", -2_500_000.0, "-2.5 Mil"),
        ("percentunit", 0.0712, "7.12%"),
        ("percentunit", 1.0, "100%"),
        ("percent", 12.5, "12.5%"),
        ("s", 0.0, "0 s"),
        ("s", 0.000_002_5, "2.5 µs"),
        ("s", 0.0123, "12.3 ms"),
        ("s", 5.0, "5 s"),
        ("s", 90.0, "1.5 mins"),
        ("s", 3_600.0, "1 hour"),
        ("s", 7_200.0, "2 hours"),
        ("s", 129_600.0, "1.5 days"),
        ("ms", 1_500.0, "1.5 s"),
        ("bytes", 0.0, "0 B"),
        ("bytes", 1_536.0, "1.5 KiB"),
        ("bytes", 5_368_709_120.0, "5 GiB"),
        ("binBps", 2_097_152.0, "2 MiB/s"),
        ("currencyUSD", 0.0, "$0"),
        ("currencyUSD", 1.5, "$1.50"),
        ("currencyUSD", 0.001_23, "$0.00123"),
        ("currencyUSD", -12.0, "-$12"),
        ("currencyUSD", 15_250.0, "$15.2K"),
        ("reqps", 12.25, "12.2 req/s"),
        ("suffix: errors/s", 0.25, "0.25 errors/s"),
        ("none", 1_234.0, "1234"),
        ("something new", 1_000.0, "1 K"),
    ];
    for (unit, value, text) in cases {
        assert_eq!(Unit::named(unit).format(value), text, "{value} in {unit}");
    }
}

#[test]
fn an_axis_has_its_marks_where_a_person_expects_them() {
    let cases: [(&str, f64, f64, &[&str]); 5] = [
        ("short", 0.0, 9.3, &["0", "2", "4", "6", "8", "10"]),
        ("percentunit", 0.0, 1.0, &["0%", "20%", "40%", "60%", "80%", "100%"]),
        ("bytes", 0.0, 40_000_000.0, &["0 B", "8 MiB", "16 MiB", "24 MiB", "32 MiB", "40 MiB"]),
        ("s", 0.0, 280.0, &["0 s", "1 min", "2 mins", "3 mins", "4 mins", "5 mins"]),
        ("s", 0.0, 0.9, &["0 s", "200 ms", "400 ms", "600 ms", "800 ms", "1 s"]),
    ];
    for (unit, from, to, expected) in cases {
        let unit = Unit::named(unit);
        let marks: Vec<String> = unit.marks(from, to, 5).into_iter().map(|mark| unit.format(mark)).collect();
        assert_eq!(marks, expected, "{from} to {to} in {unit:?}");
    }
    assert_eq!(Unit::named("short").marks(3.0, 3.0, 5), [3.0]);
}
