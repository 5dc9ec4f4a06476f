//! Under which path the crate that a derive is used in finds telemetry-core: its own, or the facade's.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;

/// What the derives call it.
const CORE: &str = "telemetry_core";

/// The tokens of a derive, with the path to telemetry-core as the crate has it. One that depends on neither is told by
/// the compiler that telemetry-core is missing.
pub(crate) fn resolved(tokens: TokenStream) -> TokenStream {
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
