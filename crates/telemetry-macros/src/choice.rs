//! `#[derive(Choice)]`: a setting that is one of a few words.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, LitStr, Result};

use crate::label::values;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(ident, "a choice is an enum"));
    };
    if data.variants.is_empty() {
        return Err(Error::new_spanned(ident, "a choice has at least one word"));
    }
    let words = values(&data.variants, "choice", "word")?;
    if let Some((word, variant)) =
        words.iter().zip(&data.variants).find(|(word, _)| **word != word.to_ascii_lowercase())
    {
        return Err(Error::new_spanned(
            variant,
            format!("{word:?}: a choice is read in any case, and written in small"),
        ));
    }
    let mut note: Option<LitStr> = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("choice")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("note") {
                return Err(meta.error("unknown: `note` is what is said of a choice"));
            }
            note = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    let note = note.map_or_else(String::new, |note| format!(" ({})", note.value()));
    let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();

    Ok(quote! {
        impl #ident {
            /// The word that it is in settings.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #words,)*
                }
            }
        }

        impl ::telemetry_core::setting::SettingValue for #ident {
            fn accepted(_: ::telemetry_core::setting::Syntax) -> ::std::string::String {
                ::telemetry_core::setting::one_of(&[#(#words),*]) + #note
            }

            fn read(
                node: &::telemetry_core::setting::Node,
                syntax: ::telemetry_core::setting::Syntax,
            ) -> ::core::result::Result<Self, ::std::string::String> {
                let word = node.text().map(str::to_ascii_lowercase);
                match word.as_deref() {
                    #(::core::option::Option::Some(#words) => Ok(Self::#variants),)*
                    _ => Err(Self::accepted(syntax)),
                }
            }

            fn write(&self) -> ::std::string::String {
                ::std::string::String::from(self.as_str())
            }
        }
    })
}
