//! Alertmanager's matchers, in which neither names nor values need an escape: the settings are checked before.

pub(super) fn is(label: &str, value: &str) -> String {
    format!("{label}=\"{value}\"")
}

pub(super) fn one_of<'a>(label: &str, values: impl IntoIterator<Item = &'a str>) -> String {
    format!("{label}=~\"{}\"", values.into_iter().collect::<Vec<_>>().join("|"))
}
