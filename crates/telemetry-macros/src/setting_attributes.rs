//! What is written in the attributes of `#[derive(Settings)]`.

use syn::{Attribute, Error, Expr, ExprRange, LitStr, Path, Result};

/// `#[settings(…)]` on the struct.
pub(crate) struct SettingsAttribute {
    /// Key and variable of a group that stands by itself.
    pub(crate) place: Option<(LitStr, LitStr)>,
    pub(crate) title: Option<LitStr>,
    /// What the documentation says under the title, if not what the struct's own does.
    pub(crate) about: Option<LitStr>,
    pub(crate) check: Option<Path>,
}

/// `#[setting(…)]` on a field.
#[derive(Default)]
pub(crate) struct SettingAttribute {
    pub(crate) default: Option<Expr>,
    pub(crate) accepts: Option<Accepts>,
    pub(crate) check: Option<Path>,
    pub(crate) key: Option<LitStr>,
    pub(crate) env: Option<LitStr>,
    pub(crate) example: Option<LitStr>,
    pub(crate) unset: Option<LitStr>,
    pub(crate) setter: Option<LitStr>,
    pub(crate) secret: bool,
    pub(crate) skip: bool,
    pub(crate) group: Option<SubgroupAttribute>,
}

/// `accepts = …`.
pub(crate) enum Accepts {
    Range(ExprRange),
    /// A text, or a constant that is one.
    Words(Expr),
}

/// `group(…)`.
#[derive(Default)]
pub(crate) struct SubgroupAttribute {
    pub(crate) key: Option<LitStr>,
    pub(crate) env: Option<LitStr>,
    pub(crate) unset: Option<LitStr>,
}

impl SettingsAttribute {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let (mut key, mut env, mut title, mut about, mut check) = (None, None, None, None, None);
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("settings")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("key") {
                    key = Some(meta.value()?.parse::<LitStr>()?);
                } else if meta.path.is_ident("env") {
                    env = Some(variable(meta.value()?.parse()?)?);
                } else if meta.path.is_ident("title") {
                    title = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("about") {
                    about = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("check") {
                    check = Some(meta.value()?.parse()?);
                } else {
                    return Err(meta.error("unknown: `key`, `env`, `title`, `about` and `check` are what a group has"));
                }
                Ok(())
            })?;
        }
        let place = match (key, env) {
            (Some(key), Some(env)) => Some((key, env)),
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => {
                let both = "a group that stands by itself has both: key = \"…\", env = \"TELEMETRY_…\"";
                return Err(Error::new_spanned(one, both));
            }
        };
        Ok(Self { place, title, about, check })
    }
}

impl SettingAttribute {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut parsed = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("setting")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("default") {
                    parsed.default = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("accepts") {
                    parsed.accepts = Some(accepts(meta.value()?.parse()?)?);
                } else if meta.path.is_ident("check") {
                    parsed.check = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("key") {
                    parsed.key = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("env") {
                    parsed.env = Some(variable(meta.value()?.parse()?)?);
                } else if meta.path.is_ident("example") {
                    parsed.example = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("unset") {
                    parsed.unset = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("builder") {
                    parsed.setter = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("secret") {
                    parsed.secret = true;
                } else if meta.path.is_ident("skip") {
                    parsed.skip = true;
                } else if meta.path.is_ident("group") {
                    parsed.group = Some(SubgroupAttribute::parse(&meta)?);
                } else {
                    return Err(meta.error(
                        "unknown: `default`, `accepts`, `check`, `key`, `env`, `example`, `unset`, `builder`, \
                         `secret`, `skip` and `group` are what a setting has",
                    ));
                }
                Ok(())
            })?;
        }
        Ok(parsed)
    }
}

/// A variable's name, or how those of a group begin. What is put together of names is checked with the whole table.
fn variable(name: LitStr) -> Result<LitStr> {
    let text = name.value();
    // What programs of many makers read is read as it is called.
    let common = ["LOG_LEVEL", "RUST_LOG"].contains(&text.as_str());
    let ours = common || text == "TELEMETRY" || text.starts_with("TELEMETRY_") || text.starts_with("OTEL_");
    let sound = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if ours && text.bytes().all(sound) {
        Ok(name)
    } else {
        Err(Error::new_spanned(name, "a variable is of [A-Z0-9_] and starts with TELEMETRY_ or OTEL_"))
    }
}

fn accepts(expr: Expr) -> Result<Accepts> {
    match expr {
        Expr::Range(range) => Ok(Accepts::Range(range)),
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(_), .. }) | Expr::Path(_) => Ok(Accepts::Words(expr)),
        other => Err(Error::new_spanned(other, "limits such as 1..=100, or what is accepted in words")),
    }
}

impl SubgroupAttribute {
    fn parse(meta: &syn::meta::ParseNestedMeta<'_>) -> Result<Self> {
        let mut parsed = Self::default();
        if meta.input.peek(syn::token::Paren) {
            meta.parse_nested_meta(|meta| {
                if meta.path.is_ident("key") {
                    parsed.key = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("env") {
                    parsed.env = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("unset") {
                    parsed.unset = Some(meta.value()?.parse()?);
                } else {
                    return Err(meta.error("unknown: `key`, `env` and `unset` are what a group within a group has"));
                }
                Ok(())
            })?;
        }
        Ok(parsed)
    }
}
