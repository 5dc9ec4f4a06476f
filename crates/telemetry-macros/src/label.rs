//! `#[derive(Label)]`: an enum's variants as the values of a closed label.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Fields, LitStr, Result, Variant};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(ident, "a closed label is an enum"));
    };
    if data.variants.is_empty() {
        return Err(Error::new_spanned(ident, "a closed label has at least one value"));
    }
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a closed label has no parameters"));
    }
    let name = attribute(&input.attrs, "label", "name")?
        .ok_or_else(|| Error::new_spanned(ident, "name the label: #[label(name = \"outcome\")]"))?;
    let values = values(&data.variants, "label", "value")?;
    let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    let count = variants.len();
    let places = 0..count;

    Ok(quote! {
        impl ::telemetry_core::Label for #ident {
            const NAME: &'static str = #name;
            const VALUES: &'static [&'static str] = &[#(#values),*];
            const ALL: &'static [Self] = &[#(Self::#variants),*];

            #[inline]
            fn index(self) -> usize {
                match self {
                    #(Self::#variants => #places,)*
                }
            }
        }

        impl ::telemetry_core::LabelSet for #ident {
            const LABELS: &'static [::telemetry_core::LabelDef] = &[::telemetry_core::LabelDef::closed(
                <Self as ::telemetry_core::Label>::NAME,
                <Self as ::telemetry_core::Label>::VALUES,
            )];
            const COUNT: usize = #count;
            type Cells<T> = [T; #count];

            fn cells<T>(make: &mut dyn ::core::ops::FnMut() -> T) -> [T; #count] {
                ::core::array::from_fn(|_| make())
            }
            #[inline]
            fn cell<T>(self, cells: &[T; #count]) -> &T {
                &cells[::telemetry_core::Label::index(self)]
            }
            fn for_each(visit: &mut dyn ::core::ops::FnMut(Self)) {
                #(visit(Self::#variants);)*
            }
            fn push_attributes(self, attributes: &mut ::std::vec::Vec<::telemetry_core::__private::KeyValue>) {
                attributes.push(::telemetry_core::__private::attribute(self));
            }
        }
    })
}

/// The text of each variant: its name in snake case, or what `#[attribute(key = "…")]` on it gives.
pub(crate) fn values<'a>(
    variants: impl IntoIterator<Item = &'a Variant>,
    name: &str,
    key: &str,
) -> Result<Vec<String>> {
    let mut values: Vec<String> = Vec::new();
    for variant in variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new_spanned(variant, format!("a value of a closed {name} has no fields")));
        }
        let value = attribute(&variant.attrs, name, key)?;
        let value = value.map_or_else(|| snake_case(&variant.ident.to_string()), |value| value.value());
        if values.contains(&value) {
            return Err(Error::new_spanned(variant, format!("two variants have the value {value:?}")));
        }
        values.push(value);
    }
    Ok(values)
}

/// The string that `#[name(key = "…")]` gives.
fn attribute(attributes: &[Attribute], name: &str, key: &str) -> Result<Option<LitStr>> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident(key) {
                return Err(meta.error(format!("unknown: `{key}` is what is said here")));
            }
            found = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// `RateLimited` becomes `rate_limited`, `HTTPError` `http_error`.
fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let starts_word = c.is_uppercase()
            && i > 0
            && (!chars[i - 1].is_uppercase() || chars.get(i + 1).is_some_and(|next| next.is_lowercase()));
        if starts_word {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
