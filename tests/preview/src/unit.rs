//! Units: numbers as Grafana writes them, and between which numbers an axis has its marks.

/// Grafana's units, as far as dashboards of ours name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// `short`, and whatever is not known: 1.5 K.
    Short,
    /// `percentunit`: 0.25 is 25%.
    Share,
    /// `percent`: 25 is 25%.
    Percent,
    /// `s`: 0.25 is 250 ms, 90 is 1.5 mins.
    Seconds,
    /// `ms`.
    Milliseconds,
    /// `bytes`, and with `/s` behind it `binBps`: 1 KiB.
    Bytes {
        /// Whether they are bytes a second.
        per_second: bool,
    },
    /// `currencyUSD`: $1.50.
    Dollars,
    /// `reqps`, `suffix: x`: a word behind the number.
    Word(String),
    /// `none`: as it is.
    Plain,
}

const SHORT: [(f64, &str); 5] = [(1e12, " Tri"), (1e9, " Bil"), (1e6, " Mil"), (1e3, " K"), (1.0, "")];
const TIMES: [(f64, &str); 9] = [
    (31_536_000.0, " years"),
    (604_800.0, " weeks"),
    (86_400.0, " days"),
    (3_600.0, " hours"),
    (60.0, " mins"),
    (1.0, " s"),
    (1e-3, " ms"),
    (1e-6, " µs"),
    (1e-9, " ns"),
];
const BYTES: [(f64, &str); 5] =
    [(1_099_511_627_776.0, " TiB"), (1_073_741_824.0, " GiB"), (1_048_576.0, " MiB"), (1_024.0, " KiB"), (1.0, " B")];
/// After how many seconds a person likes the next mark.
const TIME_STEPS: [f64; 17] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 21_600.0, 43_200.0,
    86_400.0,
];

impl Unit {
    /// By Grafana's name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "percentunit" => Self::Share,
            "percent" => Self::Percent,
            "s" | "dtdurations" => Self::Seconds,
            "ms" | "dtdurationms" => Self::Milliseconds,
            "bytes" => Self::Bytes { per_second: false },
            "binBps" => Self::Bytes { per_second: true },
            "currencyUSD" => Self::Dollars,
            "none" => Self::Plain,
            "reqps" => Self::Word("req/s".to_owned()),
            "ops" => Self::Word("ops/s".to_owned()),
            "cps" => Self::Word("c/s".to_owned()),
            "hertz" => Self::Word("Hz".to_owned()),
            _ => match name.strip_prefix("suffix:") {
                Some(word) => Self::Word(word.trim().to_owned()),
                None => Self::Short,
            },
        }
    }

    /// A number with its unit: three digits that mean something, as far as they are not zeros at the end.
    ///
    /// ```
    /// use telemetry_preview::Unit;
    ///
    /// assert_eq!(Unit::named("s").format(0.0123), "12.3 ms");
    /// assert_eq!(Unit::named("bytes").format(1536.0), "1.5 KiB");
    /// ```
    #[must_use]
    pub fn format(&self, value: f64) -> String {
        match self {
            Self::Short => scaled(value, &SHORT, ""),
            Self::Share => digits(value * 100.0) + "%",
            Self::Percent => digits(value) + "%",
            Self::Seconds => scaled(value, &TIMES, " s"),
            Self::Milliseconds => scaled(value / 1e3, &TIMES, " s"),
            Self::Bytes { per_second } => scaled(value, &BYTES, " B") + if *per_second { "/s" } else { "" },
            Self::Dollars => dollars(value),
            Self::Word(word) => format!("{} {word}", scaled(value, &SHORT, "")),
            Self::Plain => digits(value),
        }
    }

    /// The marks of an axis from one number to beyond the other, about as many as asked for.
    #[must_use]
    pub fn marks(&self, from: f64, to: f64, about: usize) -> Vec<f64> {
        let raw = (to - from) / about.max(1) as f64;
        if !raw.is_finite() || raw <= 0.0 {
            return vec![from];
        }
        let step = match self {
            Self::Bytes { .. } if raw >= 1.0 => 2_f64.powf(raw.log2().ceil()),
            Self::Seconds if raw > 5.0 => time_step(raw),
            _ => decimal_step(raw),
        };
        let first = (from / step).floor();
        let last = (to / step - 1e-9).ceil();
        (0..=(last - first) as usize).map(|mark| (first + mark as f64) * step).collect()
    }
}

/// After how much time a person likes the next mark.
pub(crate) fn time_step(raw: f64) -> f64 {
    let known = TIME_STEPS.iter().find(|step| **step >= raw - 1e-9);
    known.copied().unwrap_or_else(|| decimal_step(raw / 86_400.0) * 86_400.0)
}

/// 1, 2, 2.5 or 5 of a power of ten.
fn decimal_step(raw: f64) -> f64 {
    let power = 10_f64.powf(raw.log10().floor());
    let part = [1.0, 2.0, 2.5, 5.0].into_iter().find(|part| part * power >= raw * (1.0 - 1e-9));
    part.unwrap_or(10.0) * power
}

fn scaled(value: f64, scales: &[(f64, &str)], of_nothing: &str) -> String {
    // What is shown as 1000 belongs to the next scale.
    let scale = scales.iter().find(|(size, _)| value.abs() >= size * 0.999_5);
    match scale.or(scales.last()) {
        Some((size, name)) if value != 0.0 => {
            let number = digits(value / size);
            // One hour, two hours.
            let is_one = number == "1" && name.len() > 3;
            number + if is_one { name.trim_end_matches('s') } else { name }
        }
        _ => format!("0{of_nothing}"),
    }
}

fn dollars(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let amount = value.abs();
    match amount {
        1e3.. => format!("{sign}${}", scaled(amount, &SHORT, "").replace(' ', "")),
        0.01.. if amount != amount.round() => format!("{sign}${amount:.2}"),
        _ => format!("{sign}${}", digits(amount)),
    }
}

fn digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value == value.round() && value.abs() < 1e15 {
        return format!("{value}");
    }
    let decimals = (2.0 - value.abs().log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
