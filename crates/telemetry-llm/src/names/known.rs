//! Names by their spellings: those that stay, and those that were used lately.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use foldhash::fast::RandomState;
use telemetry_core::text;

use super::lasting::{Lasting, Place, Standing};
use super::name::Name;
use super::recent::Recent;

/// Names by their spellings. One that is met again is found without a lock, and mostly stays where it is: a guard keeps
/// its [`NameId`] and no part in it that would have to be counted.
///
/// What callers make up is bounded in number and in bytes: a name is cut before it is looked up, one that occurs once is
/// soon replaced, and one that occurs again stays only while there is room that is not kept for better ones.
pub(crate) struct Names {
    /// Models by the names of their deployments.
    deployments: BTreeMap<String, String>,
    hasher: RandomState,
    lasting: Lasting,
    recent: Recent,
    /// What an id of another table stands for.
    unknown: Name,
}

/// Where a name is.
#[derive(Clone)]
pub(crate) enum NameId {
    Known(Place),
    /// It has no place that would stay.
    Apart(Arc<Name>),
}

impl Names {
    pub(crate) fn new(deployments: BTreeMap<String, String>) -> Self {
        Self {
            deployments,
            hasher: RandomState::default(),
            lasting: Lasting::new(),
            recent: Recent::new(),
            unknown: Name::new("", "", None),
        }
    }

    /// Where the name of this spelling is.
    pub(crate) fn find(&self, provider: &str, model: &str) -> NameId {
        let (provider, model) = (cut(provider), cut(model));
        let hash = self.hash(&provider, &model);
        let place = self.lasting.find(hash, &provider, &model);
        place.map_or_else(|| self.find_apart(hash, &provider, &model), NameId::Known)
    }

    /// [`find`](Self::find), for one that the application has chosen.
    pub(crate) fn register(&self, provider: &str, model: &str) -> NameId {
        let id = self.find(provider, model);
        let NameId::Apart(name) = &id else { return id };
        let hash = self.hash(name.spelled_provider(), name.spelled_model());
        self.lasting.add(hash, name, Standing::Registered).map_or(id, NameId::Known)
    }

    pub(crate) fn at<'a>(&'a self, id: &'a NameId) -> &'a Name {
        match id {
            NameId::Known(place) => self.lasting.at(*place).unwrap_or(&self.unknown),
            NameId::Apart(name) => name,
        }
    }

    #[cold]
    fn find_apart(&self, hash: u64, provider: &str, model: &str) -> NameId {
        if let Some(name) = self.recent.find(hash, provider, model) {
            let standing = if name.is_priced() { Standing::Priced } else { Standing::Any };
            return self.lasting.add(hash, &name, standing).map_or(NameId::Apart(name), NameId::Known);
        }
        let name = Arc::new(Name::new(provider, model, self.deployments.get(model).map(String::as_str)));
        self.recent.add(hash, &name);
        NameId::Apart(name)
    }

    fn hash(&self, provider: &str, model: &str) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        // The hasher stirs in the length of each write, so ("ab", "c") and ("a", "bc") differ.
        hasher.write(provider.as_bytes());
        hasher.write(model.as_bytes());
        hasher.finish()
    }
}

/// The longest real ones, resource names of Bedrock and Vertex AI, have some 150 bytes.
fn cut(name: &str) -> Cow<'_, str> {
    text::cut(name, text::NAME)
}
