//! A runbook, and the headings that it has to have.

/// What to do when an alert fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook {
    /// The alert's name, and that of the page.
    pub name: String,
    /// The page in Markdown: a title and the sections of [`SECTIONS`](Self::SECTIONS).
    pub text: String,
}

impl Runbook {
    /// The headings that every runbook has, in this order.
    pub const SECTIONS: [&'static str; 4] = ["Meaning", "Impact", "Diagnosis", "Mitigation"];

    /// What expressions stand behind that operators paste.
    pub(crate) const SNIPPET: &'static str = "```promql\n";

    /// A runbook for the alert of that name; [`runbook!`](crate::runbook) reads it from a file of that name.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Has the expressions that operators paste be what `rewrite` makes of them.
    pub(crate) fn rewrite_snippets(&mut self, mut rewrite: impl FnMut(&str) -> String) {
        let mut pieces = self.text.split(Self::SNIPPET);
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            text.push_str(Self::SNIPPET);
            match piece.find("```") {
                Some(end) => {
                    text.push_str(&rewrite(&piece[..end]));
                    text.push_str(&piece[end..]);
                }
                None => text.push_str(piece),
            }
        }
        self.text = text;
    }
}

/// The runbook of an alert, or of an objective, from the crate's `runbooks/<name>.md`, or from another folder of it.
///
/// The name is written once: it is that of the alert, of the file and of the page.
///
/// ```
/// use telemetry_mixin::runbook;
///
/// let runbook = runbook!("MailsRefused" in "examples/runbooks");
/// assert_eq!(runbook.name, "MailsRefused");
/// assert!(runbook.text.starts_with("# MailsRefused"));
/// ```
#[macro_export]
macro_rules! runbook {
    ($name:literal) => {
        $crate::runbook!($name in "runbooks")
    };
    ($name:literal in $folder:literal) => {
        $crate::model::Runbook::new(
            $name,
            ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $name, ".md")),
        )
    };
}
