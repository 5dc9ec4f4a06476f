//! `#[derive(Metrics)]`: a struct's fields as declared metrics, and the key of its entity.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Result, Visibility};

use crate::attributes::{EntityLabel, GroupAttribute, MetricAttribute, doc_comment};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(name, "a metric group is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(name, "a metric group has named fields, each a metric"));
    };
    if fields.named.is_empty() {
        return Err(Error::new_spanned(name, "a metric group has at least one metric"));
    }
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a metric group has no parameters"));
    }
    let group = GroupAttribute::parse(&input.attrs, name.span())?;
    let definitions =
        fields.named.iter().map(|field| definition(field, &group)).collect::<Result<Vec<TokenStream>>>()?;
    let labels = group.entity.iter().map(label);
    let key = key(input, &group.entity);
    let Key { ty, with_parts, item } = &key;
    let exempt = group.exempt;
    let visibility = &input.vis;
    let idents: Vec<_> = fields.named.iter().map(|field| &field.ident).collect();
    let places: Vec<_> = (0..idents.len()).collect();
    let constants = fields.named.iter().enumerate().map(|(place, field)| constant(place, field, visibility));

    Ok(quote! {
        impl #name {
            /// The metrics of the group in the order of its fields.
            #visibility const CATALOGUE: &'static [::telemetry_core::MetricDef] = {
                const ENTITY: &[::telemetry_core::LabelDef] = &[#(#labels),*];
                &[#(#definitions),*]
            };

            #(#constants)*
        }

        // Evaluates the checks even where nothing uses the group.
        const _: () = assert!(!#name::CATALOGUE.is_empty());

        #item

        impl ::telemetry_core::MetricGroup for #name {
            const CATALOGUE: &'static [::telemetry_core::MetricDef] = #name::CATALOGUE;
            const ENTITY: &'static [::telemetry_core::LabelDef] = #name::CATALOGUE[0].entity;
            const EXEMPT: bool = #exempt;

            type Key<'a> = #ty;

            #[inline]
            fn with_parts<R>(key: Self::Key<'_>, use_parts: impl ::core::ops::FnOnce(&[&str]) -> R) -> R {
                #with_parts
            }

            fn build(entity: &::std::sync::Arc<::telemetry_core::Entity>) -> Self {
                Self {
                    #(#idents: ::telemetry_core::Instrument::new(&#name::CATALOGUE[#places], entity)),*
                }
            }

            fn begin(&self) {
                #(::telemetry_core::Instrument::begin(&self.#idents);)*
            }

            fn observe(&self, metric: usize, sink: &mut ::telemetry_core::Sink<'_>) {
                match metric {
                    #(#places => ::telemetry_core::Instrument::observe(&self.#idents, sink),)*
                    _ => {}
                }
            }
        }
    })
}

fn definition(field: &Field, group: &GroupAttribute) -> Result<TokenStream> {
    let ident = field.ident.clone().unwrap_or_else(|| Ident::new("field", field.span()));
    let MetricAttribute { name, unit, buckets } = MetricAttribute::parse(&field.attrs, &ident)?;
    let help = doc_comment(&field.attrs);
    if help.is_empty() {
        return Err(Error::new_spanned(&ident, "say what the metric measures: a doc comment is its help text"));
    }
    let unit = unit.unwrap_or_else(|| LitStr::new("", Span::call_site()));
    let buckets = buckets.map_or_else(|| quote!([]), |buckets| quote!(#buckets));
    let scope = group.scope.as_ref().map_or_else(|| quote!(::core::env!("CARGO_PKG_NAME")), |scope| quote!(#scope));
    let ty = &field.ty;
    let checked = if group.convention { quote!(checked_convention) } else { quote!(checked) };
    Ok(quote_spanned! {name.span()=>
        ::telemetry_core::MetricDef {
            name: #name,
            kind: <#ty as ::telemetry_core::Instrument>::KIND,
            unit: #unit,
            help: #help,
            entity: ENTITY,
            closed: <#ty as ::telemetry_core::Instrument>::CLOSED,
            buckets: &#buckets,
            crate_name: ::core::env!("CARGO_PKG_NAME"),
            scope: #scope,
            observable: <#ty as ::telemetry_core::Instrument>::OBSERVABLE,
        }
        .#checked()
    })
}

/// The definition under the field's name in capitals, by which dashboards and alerts name the metric.
fn constant(place: usize, field: &Field, visibility: &Visibility) -> Option<TokenStream> {
    let ident = field.ident.as_ref()?;
    let name = format_ident!("{}", ident.unraw().to_string().to_uppercase(), span = ident.span());
    let doc = doc_comment(&field.attrs);
    Some(quote! {
        #[doc = #doc]
        #[allow(dead_code, reason = "a metric may be shown by nothing")]
        #visibility const #name: &'static ::telemetry_core::MetricDef = &Self::CATALOGUE[#place];
    })
}

fn label(label: &EntityLabel) -> TokenStream {
    let name = label_name(label);
    let values = match &label.values {
        _ if label.detail => quote!(Detail),
        Some(values) => quote!(Described(#values)),
        None => quote!(Text),
    };
    let max = label.max.as_ref().map_or_else(|| quote!(None), |max| quote!(Some(#max)));
    quote! {
        ::telemetry_core::LabelDef {
            name: #name,
            values: ::telemetry_core::LabelValues::#values,
            max_values: ::core::option::Option::#max,
        }
    }
}

fn label_name(label: &EntityLabel) -> String {
    label.name.as_ref().map_or_else(|| label.field.to_string(), LitStr::value)
}

/// What names an entity.
struct Key {
    ty: TokenStream,
    with_parts: TokenStream,
    item: TokenStream,
}

fn key(input: &DeriveInput, entity: &[EntityLabel]) -> Key {
    match entity {
        [] => Key { ty: quote!(()), with_parts: quote!(let () = key; use_parts(&[])), item: TokenStream::new() },
        [_] => Key { ty: quote!(&'a str), with_parts: quote!(use_parts(&[key])), item: TokenStream::new() },
        _ => {
            let name = format_ident!("{}Key", input.ident);
            let visibility = &input.vis;
            let fields: Vec<_> = entity.iter().map(|label| &label.field).collect();
            let doc = format!("Names one entity of [`{}`].", input.ident);
            let docs = entity.iter().map(|label| format!("The label `{}`.", label_name(label)));
            Key {
                ty: quote!(#name<'a>),
                with_parts: quote!(use_parts(&[#(key.#fields),*])),
                item: quote! {
                    #[doc = #doc]
                    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
                    #visibility struct #name<'a> {
                        #(#[doc = #docs] #visibility #fields: &'a str,)*
                    }
                },
            }
        }
    }
}
