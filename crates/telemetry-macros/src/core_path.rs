//! Under which path the crate that a derive is used in finds telemetry-core: its own, or the facade's.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;

/// What the derives call it.
const CORE: &str = "telemetry_core";

/// What a derive made, or its error, as the compiler takes it.
pub(crate) fn expanded(made: syn::Result<TokenStream>) -> proc_macro::TokenStream {
    resolved(made.unwrap_or_else(|error| error.to_compile_error())).into()
}

/// The tokens of a derive, with the path to telemetry-core as the crate has it. One that depends on neither is told by
/// the compiler that telemetry-core is missing.
fn resolved(tokens: TokenStream) -> TokenStream {
    match (crate_name("telemetry-core"), crate_name("telemetry")) {
        (Ok(FoundCrate::Name(name)), _) if name != CORE => {
            let core = Ident::new(&name, Span::call_site());
            replaced(tokens, &quote!(#core))
        }
        (Err(_), Ok(FoundCrate::Name(name))) => {
            let facade = Ident::new(&name, Span::call_site());
            replaced(tokens, &quote!(#facade::core))
        }
        _ => tokens,
    }
}

fn replaced(tokens: TokenStream, path: &TokenStream) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(ident) if ident == CORE => path.clone(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), replaced(group.stream(), path));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        other => other.into(),
    };
    tokens.into_iter().flat_map(|token| -> TokenStream { replace(token) }).collect()
}
