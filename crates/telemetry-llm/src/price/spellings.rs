//! How a model may be spelled in the price table.

/// Where a model runs, before its vendor, in Bedrock's ids.
const REGIONS: &[&str] = &["us", "eu", "apac", "global", "us-gov", "au", "jp", "ca", "sa"];
/// Whose model it is, in Bedrock's ids.
const VENDORS: &[&str] = &["anthropic", "amazon", "meta", "mistral", "cohere", "ai21", "deepseek", "openai", "qwen"];

/// The spellings under which the price table may know a model, from the one that it was called by.
pub(super) fn spellings(model: &str) -> impl Iterator<Item = &str> {
    let last = model.rsplit('/').next().unwrap_or(model);
    let bare = without_vendor(last);
    let spellings = [model, last, bare, without_version(bare)];
    (0..spellings.len()).filter(move |&i| !spellings[..i].contains(&spellings[i])).map(move |i| spellings[i])
}

fn without_vendor(model: &str) -> &str {
    let mut rest = model;
    for prefixes in [REGIONS, VENDORS] {
        if let Some((prefix, after)) = rest.split_once('.')
            && prefixes.contains(&prefix)
        {
            rest = after;
        }
    }
    rest
}

/// Without Bedrock's `-v1:0`.
fn without_version(model: &str) -> &str {
    let Some((name, version)) = model.rsplit_once("-v") else { return model };
    let is_version = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    if is_version { name } else { model }
}
