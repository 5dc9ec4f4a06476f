//! The public API of telemetry-mixin, exercised as a library user does.

mod absence;
mod alerting;
mod answers;
mod backends;
mod catalog;
mod catalogue;
mod checker;
mod dashboards;
mod deployed;
mod files;
mod fixture;
mod generate;
mod grammar;
mod kubernetes;
mod linear;
mod links;
mod many;
mod meant;
mod native;
mod objectives;
mod pages;
mod perses;
mod places;
mod readable;
mod refusals;
mod robustness;
mod services;
#[cfg(feature = "settings-file")]
mod settings_alertmanager;
mod settings_file;
mod settings_words;
mod shared;
mod strangers;
mod values;
mod verify;
mod words;
