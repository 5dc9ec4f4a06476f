//! `#[derive(Settings)]`: a struct's fields as rows.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, Result, Type};

use crate::attributes::{doc_comment, first_paragraph};
use crate::setting_attributes::{Accepts, SettingAttribute, SettingsAttribute, SubgroupAttribute};
use crate::setting_values::{inner_of_option, is_within, limits, literal};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(name, "a group of settings is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(name, "a group of settings has named fields, each a setting"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a group of settings has no parameters"));
    }
    let group = SettingsAttribute::parse(&input.attrs)?;
    let doc = first_paragraph(&input.attrs);
    if doc.is_empty() {
        return Err(Error::new_spanned(name, "say what the settings are of: a doc comment"));
    }
    let title = group.title.as_ref().map_or_else(String::new, syn::LitStr::value);
    let about = group.about.as_ref().map_or(doc, syn::LitStr::value);
    let fields = fields.named.iter().map(Row::parse).collect::<Result<Vec<Row<'_>>>>()?;

    let consts: Vec<TokenStream> = fields.iter().filter_map(Row::consts).collect();
    let parts = fields.iter().filter_map(Row::part);
    let defaults = fields.iter().map(Row::default);
    let sets =
        fields.iter().filter_map(|row| row.dispatch(Row::set, |field| quote!(self.#field.set(row, node, syntax))));
    let checks = fields.iter().filter_map(|row| row.dispatch(Row::check, |field| quote!(self.#field.check(row))));
    let overlays = fields
        .iter()
        .filter_map(|row| row.dispatch(Row::lay_over, |field| quote!(self.#field.lay_over(row, &mut upper.#field))));
    let same = fields.iter().filter_map(|row| {
        row.dispatch(
            |row| {
                let field = row.field;
                quote!(return self.#field == other.#field;)
            },
            |field| quote!(self.#field.is_same(row, &other.#field)),
        )
    });
    let together = fields.iter().filter_map(Row::subgroup).map(|field| quote!(self.#field.check_together()?;));
    let check_together = group.check.as_ref().map_or_else(|| quote!(Ok(())), |path| quote!(#path(self)));
    let getters = fields.iter().filter_map(Row::getter);
    let settings = match &group.place {
        Some((key, env)) => quote! {{
            const __ROOT: ::telemetry_core::setting::derive::Part = ::telemetry_core::setting::derive::Part {
                key: #key, env: #env, concern: __CONCERN, unset: "", rows: __RELATIVE,
            };
            const __ROWS: [::telemetry_core::setting::SettingDef; __RELATIVE.len()] =
                ::telemetry_core::setting::derive::rooted(__ROOT);
            &__ROWS
        }},
        None => quote!(__RELATIVE),
    };

    Ok(quote! {
        const _: () = {
            use ::telemetry_core::setting::SettingsGroup as _;

            const __CONCERN: ::telemetry_core::setting::Concern =
                ::telemetry_core::setting::Concern { title: #title, doc: #about };
            #(#consts)*
            const __PARTS: &[::telemetry_core::setting::derive::Part] = &[#(#parts),*];
            const __RELATIVE: &[::telemetry_core::setting::SettingDef] = {
                const __ROWS: [::telemetry_core::setting::SettingDef; ::telemetry_core::setting::derive::count(__PARTS)] =
                    ::telemetry_core::setting::derive::table(__PARTS);
                &__ROWS
            };
            const __SETTINGS: &[::telemetry_core::setting::SettingDef] = #settings;
            // Evaluates the checks even where nothing uses the group.
            const _: () = assert!(__SETTINGS.len() == __RELATIVE.len());

            impl ::telemetry_core::setting::SettingsGroup for #name {
                const RELATIVE: &'static [::telemetry_core::setting::SettingDef] = __RELATIVE;
                const SETTINGS: &'static [::telemetry_core::setting::SettingDef] = __SETTINGS;

                fn set(
                    &mut self,
                    mut row: usize,
                    node: &::telemetry_core::setting::Node,
                    syntax: ::telemetry_core::setting::Syntax,
                ) -> ::core::result::Result<(), ::std::string::String> {
                    #(#sets)*
                    let _ = (row, node, syntax);
                    Ok(())
                }

                fn check(
                    &self,
                    mut row: usize,
                ) -> ::core::result::Result<(), ::telemetry_core::setting::derive::Unaccepted> {
                    #(#checks)*
                    let _ = row;
                    Ok(())
                }

                fn lay_over(&mut self, mut row: usize, upper: &mut Self) -> bool {
                    #(#overlays)*
                    let _ = (row, upper);
                    false
                }

                fn is_same(&self, mut row: usize, other: &Self) -> bool {
                    #(#same)*
                    let _ = (row, other);
                    true
                }

                fn check_together(&self) -> ::core::result::Result<(), ::telemetry_core::SettingsError> {
                    #(#together)*
                    #check_together
                }
            }

            impl ::core::default::Default for #name {
                fn default() -> Self {
                    Self { #(#defaults),* }
                }
            }

            impl #name {
                #(#getters)*
            }
        };
    })
}

/// A field.
struct Row<'a> {
    field: &'a Ident,
    ty: &'a Type,
    doc: String,
    kind: Kind,
}

enum Kind {
    Setting(Box<SettingAttribute>),
    Group(SubgroupAttribute),
    /// No setting, but what the program puts in.
    Skipped,
}

impl<'a> Row<'a> {
    fn parse(field: &'a Field) -> Result<Self> {
        let ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "a setting has a name"))?;
        let doc = doc_comment(&field.attrs);
        let attribute = SettingAttribute::parse(&field.attrs)?;
        let kind = match (attribute.skip, attribute.group) {
            (true, _) => Kind::Skipped,
            (_, Some(group)) => Kind::Group(group),
            (_, None) => Kind::Setting(Box::new(SettingAttribute { group: None, ..attribute })),
        };
        if doc.is_empty() && !matches!(kind, Kind::Skipped) {
            return Err(Error::new_spanned(ident, "say what the setting means: a doc comment is its documentation"));
        }
        Ok(Self { field: ident, ty: &field.ty, doc, kind })
    }

    fn setting(&self) -> Option<&SettingAttribute> {
        if let Kind::Setting(attribute) = &self.kind { Some(attribute) } else { None }
    }

    fn subgroup(&self) -> Option<&Ident> {
        matches!(self.kind, Kind::Group(_)).then_some(self.field)
    }

    /// The type of the value, which a field that is an `Option` may lack.
    fn value_type(&self) -> (&Type, bool) {
        inner_of_option(self.ty).map_or((self.ty, false), |inner| (inner, true))
    }

    fn const_name(&self) -> Ident {
        format_ident!("__ROW_{}", self.field.to_string().to_uppercase())
    }

    /// The default as an expression of the value's type.
    fn default_expr(&self) -> Option<TokenStream> {
        let default = self.setting()?.default.as_ref()?;
        Some(literal(default, self.value_type().0))
    }

    fn consts(&self) -> Option<TokenStream> {
        let attribute = self.setting()?;
        let (ty, optional) = self.value_type();
        let (key, env, doc) = (self.field.to_string(), self.field.to_string().to_uppercase(), &self.doc);
        let constant = self.const_name();
        let default = match self.default_expr() {
            Some(default) => quote!(|| ::telemetry_core::setting::derive::doc_default::<#ty>(&#default)),
            None if optional => quote!(::telemetry_core::setting::derive::no_default),
            None => {
                quote!(|| ::telemetry_core::setting::derive::doc_default::<#ty>(&::core::default::Default::default()))
            }
        };
        let mut row = quote! {
            ::telemetry_core::setting::SettingDef::new(#key, #env, #doc, __CONCERN)
                .of_type(
                    <#ty as ::telemetry_core::setting::SettingValue>::accepted,
                    <#ty as ::telemetry_core::setting::SettingValue>::shown,
                    #default,
                )
        };
        if let Some(key) = &attribute.key {
            row = quote_spanned!(key.span()=> #row.with_key(#key));
        }
        if let Some(env) = &attribute.env {
            row = quote_spanned!(env.span()=> #row.with_env(#env));
        }
        if let Some(example) = &attribute.example {
            row = quote!(#row.for_example(#example));
        }
        if let Some(unset) = &attribute.unset {
            row = quote!(#row.or_else(#unset));
        }
        if let Some(setter) = &attribute.setter {
            row = quote!(#row.set_by(#setter));
        }
        if attribute.secret {
            row = quote!(#row.kept_secret());
        }
        let mut checks = TokenStream::new();
        match &attribute.accepts {
            Some(Accepts::Range(range)) => {
                let limits = limits(range, ty);
                row = quote!(#row.within(#limits));
                let within = self.default_expr().and_then(|default| is_within(&default, ty, &limits));
                if let (Some(within), Some(default)) = (within, &attribute.default) {
                    checks = quote_spanned! {default.span()=>
                        const _: () = assert!(#within, "the default is not accepted");
                    };
                }
            }
            Some(Accepts::Words(words)) => row = quote!(#row.in_words(#words)),
            None => {}
        }
        Some(quote! {
            #checks
            const #constant: ::telemetry_core::setting::SettingDef = #row;
        })
    }

    fn part(&self) -> Option<TokenStream> {
        let (key, env, unset, rows) = match &self.kind {
            Kind::Skipped => return None,
            Kind::Setting(_) => {
                let constant = self.const_name();
                (quote!(""), quote!(""), quote!(""), quote!(&[#constant]))
            }
            Kind::Group(group) => {
                let ty = self.ty;
                let key = group.key.as_ref().map_or_else(|| self.field.to_string(), syn::LitStr::value);
                let env = group.env.as_ref().map_or_else(|| self.field.to_string().to_uppercase(), syn::LitStr::value);
                let unset = group.unset.as_ref().map_or_else(String::new, syn::LitStr::value);
                let rows = quote!(<#ty as ::telemetry_core::setting::SettingsGroup>::RELATIVE);
                (quote!(#key), quote!(#env), quote!(#unset), rows)
            }
        };
        Some(quote! {
            ::telemetry_core::setting::derive::Part {
                key: #key, env: #env, concern: __CONCERN, unset: #unset, rows: #rows,
            }
        })
    }

    fn default(&self) -> TokenStream {
        let field = self.field;
        match self.default_expr() {
            Some(default) if !self.value_type().1 => quote!(#field: #default),
            _ => quote!(#field: ::core::default::Default::default()),
        }
    }

    /// A step down the rows: what is done if it is the field's, or one of its group's.
    fn dispatch(
        &self,
        own: impl FnOnce(&Self) -> TokenStream,
        group: impl FnOnce(&Ident) -> TokenStream,
    ) -> Option<TokenStream> {
        match &self.kind {
            Kind::Skipped => None,
            Kind::Setting(_) => {
                let own = own(self);
                Some(quote! {
                    if row == 0 {
                        #own
                    }
                    row -= 1;
                })
            }
            Kind::Group(_) => {
                let (ty, group) = (self.ty, group(self.field));
                Some(quote! {
                    if row < <#ty as ::telemetry_core::setting::SettingsGroup>::RELATIVE.len() {
                        return #group;
                    }
                    row -= <#ty as ::telemetry_core::setting::SettingsGroup>::RELATIVE.len();
                })
            }
        }
    }

    fn set(&self) -> TokenStream {
        let (field, constant, (ty, optional)) = (self.field, self.const_name(), self.value_type());
        let check = self.own_check().map(|check| quote!(#check(&value)?;));
        let value = if optional { quote!(::core::option::Option::Some(value)) } else { quote!(value) };
        quote! {
            let value: #ty = #constant.read(node, syntax)?;
            #check
            self.#field = #value;
            return Ok(());
        }
    }

    fn check(&self) -> TokenStream {
        let (field, constant, (ty, optional)) = (self.field, self.const_name(), self.value_type());
        let check = self.own_check().map(|check| quote!(.and_then(|()| #check(value))));
        let of_value = quote! {
            #constant.check::<#ty>(value) #check .map_err(|accepted| {
                ::telemetry_core::setting::derive::Unaccepted {
                    value: <#ty as ::telemetry_core::setting::SettingValue>::write(value),
                    accepted,
                }
            })
        };
        if optional {
            quote! {
                return match &self.#field {
                    ::core::option::Option::Some(value) => #of_value,
                    ::core::option::Option::None => Ok(()),
                };
            }
        } else {
            quote! {
                let value = &self.#field;
                return #of_value;
            }
        }
    }

    /// The value of a field that may be left unset, with the default in its place.
    fn getter(&self) -> Option<TokenStream> {
        let (field, (ty, optional)) = (self.field, self.value_type());
        let default = self.default_expr().filter(|_| optional)?;
        let doc = format!("[`{field}`](Self::{field}), or its default.");
        Some(quote! {
            #[allow(dead_code, reason = "where a group reads its fields is its own affair")]
            #[doc = #doc]
            pub(crate) fn #field(&self) -> #ty {
                self.#field.clone().unwrap_or_else(|| #default)
            }
        })
    }

    fn own_check(&self) -> Option<&syn::Path> {
        self.setting()?.check.as_ref()
    }

    fn lay_over(&self) -> TokenStream {
        let (field, (ty, optional)) = (self.field, self.value_type());
        let laid = quote!(<#ty as ::telemetry_core::setting::SettingValue>::laid_over);
        if optional {
            quote! {
                let ::core::option::Option::Some(value) = upper.#field.take() else { return false };
                self.#field = ::core::option::Option::Some(match self.#field.take() {
                    ::core::option::Option::Some(below) => #laid(value, below),
                    ::core::option::Option::None => value,
                });
                return true;
            }
        } else {
            quote! {
                let (value, below) = (::core::mem::take(&mut upper.#field), ::core::mem::take(&mut self.#field));
                self.#field = #laid(value, below);
                return true;
            }
        }
    }
}
