//! What is written in the attributes of both derives.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Meta, Result, Token, parenthesized};

/// `#[metrics(…)]` on the struct.
pub(crate) struct GroupAttribute {
    pub(crate) scope: Option<LitStr>,
    pub(crate) entity: Vec<EntityLabel>,
    pub(crate) exempt: bool,
    pub(crate) convention: bool,
}

/// One label of `entity(…)`.
pub(crate) struct EntityLabel {
    pub(crate) field: Ident,
    pub(crate) name: Option<LitStr>,
    pub(crate) detail: bool,
    pub(crate) values: Option<LitStr>,
    pub(crate) max: Option<LitInt>,
}

/// `#[metric(…)]` on a field.
pub(crate) struct MetricAttribute {
    pub(crate) name: LitStr,
    pub(crate) unit: Option<LitStr>,
    pub(crate) buckets: Option<Expr>,
}

impl GroupAttribute {
    pub(crate) fn parse(attributes: &[Attribute], span: Span) -> Result<Self> {
        let mut parsed = Self { scope: None, entity: Vec::new(), exempt: false, convention: false };
        let mut entity_seen = false;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("metrics")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("scope") {
                    parsed.scope = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("exempt") {
                    parsed.exempt = true;
                } else if meta.path.is_ident("convention") {
                    parsed.convention = true;
                } else if meta.path.is_ident("entity") {
                    entity_seen = true;
                    let content;
                    parenthesized!(content in meta.input);
                    let labels = Punctuated::<EntityLabel, Token![,]>::parse_terminated(&content)?;
                    parsed.entity = labels.into_iter().collect();
                } else {
                    return Err(
                        meta.error("unknown: `scope`, `entity`, `exempt` and `convention` are what a group has")
                    );
                }
                Ok(())
            })?;
        }
        if entity_seen {
            Ok(parsed)
        } else {
            Err(Error::new(
                span,
                "say what the metrics are of: #[metrics(entity(tool_id))], or entity() for the process",
            ))
        }
    }
}

impl syn::parse::Parse for EntityLabel {
    fn parse(input: syn::parse::ParseStream<'_>) -> Result<Self> {
        let mut label = Self { field: input.parse()?, name: None, detail: false, values: None, max: None };
        if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            for meta in Punctuated::<Meta, Token![,]>::parse_terminated(&content)? {
                match &meta {
                    Meta::Path(path) if path.is_ident("detail") => label.detail = true,
                    Meta::NameValue(pair) if pair.path.is_ident("values") => {
                        label.values = Some(text(&pair.value, "a sentence in quotes")?);
                    }
                    Meta::NameValue(pair) if pair.path.is_ident("name") => {
                        label.name = Some(text(&pair.value, "a name in quotes")?);
                    }
                    Meta::NameValue(pair) if pair.path.is_ident("max") => {
                        let Expr::Lit(ExprLit { lit: Lit::Int(max), .. }) = &pair.value else {
                            return Err(Error::new_spanned(&pair.value, "a number"));
                        };
                        label.max = Some(max.clone());
                    }
                    other => {
                        let known = "unknown: `detail`, `values = \"…\"`, `max = …` and `name = \"…\"`";
                        return Err(Error::new_spanned(other, known));
                    }
                }
            }
        }
        Ok(label)
    }
}

fn text(value: &Expr, expected: &str) -> Result<LitStr> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.clone()),
        other => Err(Error::new_spanned(other, expected)),
    }
}

impl MetricAttribute {
    pub(crate) fn parse(attributes: &[Attribute], field: &Ident) -> Result<Self> {
        let mut name = None;
        let mut unit = None;
        let mut buckets = None;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("metric")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    name = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("unit") {
                    unit = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("buckets") {
                    buckets = Some(meta.value()?.parse()?);
                } else {
                    return Err(meta.error("unknown: `name`, `unit` and `buckets` are what a metric has"));
                }
                Ok(())
            })?;
        }
        let name = name.ok_or_else(|| Error::new_spanned(field, "name the metric: #[metric(name = \"…\")]"))?;
        Ok(Self { name, unit, buckets })
    }
}

/// The doc comment as one line.
pub(crate) fn doc_comment(attributes: &[Attribute]) -> String {
    doc_lines(attributes).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The doc comment's first paragraph as one line.
pub(crate) fn first_paragraph(attributes: &[Attribute]) -> String {
    doc_lines(attributes).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn doc_lines(attributes: &[Attribute]) -> impl Iterator<Item = String> {
    attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    })
}
