//! Defaults and limits of settings as tokens, by the type of the field that they are for.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Expr, Type};

use crate::duration;

/// Text that stands for a duration or a text as such a value; anything else as it is.
pub(crate) fn literal(expr: &Expr, ty: &Type) -> TokenStream {
    match (text_of(expr), last_segment(ty).as_deref()) {
        (Some(text), Some("Duration")) => match duration::parse(&text.value()) {
            Some(duration) => nanos(duration),
            None => Error::new_spanned(text, "a duration with its unit, such as \"500ms\"").to_compile_error(),
        },
        (Some(text), Some("String")) => quote!(::std::string::String::from(#text)),
        _ => quote!(#expr),
    }
}

fn nanos(duration: std::time::Duration) -> TokenStream {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanos))
}

fn text_of(expr: &Expr) -> Option<&syn::LitStr> {
    match expr {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text),
        // What a macro by example was handed.
        Expr::Group(group) => text_of(&group.expr),
        _ => None,
    }
}

/// The limits as a constant.
pub(crate) fn limits(range: &syn::ExprRange, ty: &Type) -> TokenStream {
    let refuse = |what: &str| Error::new_spanned(range, what).to_compile_error();
    let Some(start) = &range.start else { return refuse("limits name the least that is accepted") };
    if range.end.is_some() && matches!(range.limits, syn::RangeLimits::HalfOpen(_)) {
        return refuse("limits include both ends: 1..=100, or 1.. for no upper one");
    }
    let of = quote!(::telemetry_core::setting::Range);
    let (least, most) = (literal(start, ty), range.end.as_ref().map(|end| literal(end, ty)));
    match last_segment(ty).as_deref() {
        Some("Duration") => {
            let most = most.unwrap_or_else(|| quote!(::core::time::Duration::MAX));
            quote!(#of::Time { least: #least, most: #most })
        }
        Some("f64") => {
            let most = most.unwrap_or_else(|| quote!(f64::INFINITY));
            quote!(#of::Number { least: #least, most: #most })
        }
        Some("u16" | "u32" | "u64" | "usize") => {
            let most = most.unwrap_or_else(|| quote!(u64::MAX));
            quote!(#of::Whole { least: (#least) as u64, most: (#most) as u64 })
        }
        _ => Error::new_spanned(ty, "limits are for f64, whole numbers and Duration").to_compile_error(),
    }
}

/// An expression of whether a constant is within the limits.
pub(crate) fn is_within(default: &TokenStream, ty: &Type, limits: &TokenStream) -> Option<TokenStream> {
    match last_segment(ty).as_deref() {
        Some("Duration") => Some(quote!((#limits).has_time(#default))),
        Some("f64") => Some(quote!((#limits).has_number(#default))),
        Some("u16" | "u32" | "u64" | "usize") => Some(quote!((#limits).has_whole((#default) as u64))),
        _ => None,
    }
}

pub(crate) fn inner_of_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn last_segment(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}
