//! What texts have to look like that become labels, names, and settings of Alertmanager.

/// What a text has to look like.
pub(crate) struct Form {
    /// Whether a text does.
    pub(crate) fits: fn(&str) -> bool,
    /// The same in words.
    pub(crate) words: &'static str,
}

/// Where a program listens.
pub(crate) const HOST_AND_PORT: Form = Form {
    fits: |text| {
        let (host, port) = text.rsplit_once(':').unwrap_or_default();
        let is_host = !host.is_empty() && !host.contains(|c: char| c == '/' || c.is_whitespace() || c.is_control());
        is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
    },
    words: "a host and a port, such as \"alertmanager:9093\"",
};

/// A folder as a program sees it that may run elsewhere.
pub(crate) const FOLDER: Form =
    Form { fits: |text| text.starts_with('/'), words: "an absolute path, such as \"/etc/alertmanager/secrets\"" };

/// Where Slack shows messages.
pub(crate) const CHANNEL: Form = Form {
    fits: |text| {
        let name = text.strip_prefix(['#', '@']).unwrap_or_default();
        !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control())
    },
    words: "a channel that starts with # or @, such as \"#alerts\"",
};

/// A name that files and labels have, too.
pub(crate) const WORD: Form = Form {
    fits: |text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
    words: "a name of lower-case letters, digits and dashes",
};

/// Who acts, as the value of a label and the name of a receiver and of its files.
pub(crate) const TEAM: Form = Form {
    fits: |text| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)),
    words: "a name of letters, digits, underscores and dashes",
};

/// What a clock shows.
pub(crate) const TIME_OF_DAY: Form = Form {
    fits: |text| {
        let two = |digits: &str, below: u8| {
            digits.len() == 2
                && digits.bytes().all(|b| b.is_ascii_digit())
                && digits.parse::<u8>().is_ok_and(|number| number < below)
        };
        text.split_once(':').is_some_and(|(hours, minutes)| two(hours, 24) && two(minutes, 60))
    },
    words: "a time of a day in two digits each, from \"00:00\" to \"23:59\"",
};

/// Whose clock it is.
pub(crate) const TIME_ZONE: Form = Form {
    fits: |text| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c))
    },
    words: "the name of a time zone, such as \"America/Los_Angeles\" or \"UTC\"",
};

/// The longest name that Perses takes, in characters.
pub(crate) const LONGEST_IN_PERSES: usize = 75;

/// Whether Perses takes the character in a name.
pub(crate) fn is_in_perses(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.-".contains(c)
}

/// A project of Perses.
pub(crate) const PROJECT: Form = Form {
    fits: |text| {
        (1..=LONGEST_IN_PERSES).contains(&text.len())
            && text.chars().all(is_in_perses)
            && text.trim_matches('-') == text
    },
    words: "a name of at most 75 letters, digits, underscores, dots and dashes, neither the first nor the last a dash",
};

/// What Kubernetes calls a namespace, or a service one of its ports.
pub(crate) const RESOURCE: Form = Form {
    fits: |text| is_bounded(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit(), "-"),
    words: "a name of at most 63 of a-z, 0-9 and dashes, neither the first nor the last a dash",
};

/// The key of a label of a resource of Kubernetes.
pub(crate) const RESOURCE_LABEL: Form = Form {
    fits: |text| {
        let (prefix, name) = text.split_once('/').unwrap_or(("example.com", text));
        let is_domain = prefix.len() <= 253 && prefix.split('.').all(RESOURCE.fits);
        is_domain && !name.is_empty() && (RESOURCE_VALUE.fits)(name)
    },
    words: "a label of Kubernetes, such as `team` or `app.kubernetes.io/name`",
};

/// What a label of a resource of Kubernetes says.
pub(crate) const RESOURCE_VALUE: Form = Form {
    fits: |text| text.is_empty() || is_bounded(text, |c| c.is_ascii_alphanumeric(), "-_."),
    words: "a text of at most 63 letters, digits, dashes, underscores and dots that starts and ends with a letter or a digit",
};

/// Whether a text is of at most 63 characters of which the first and the last are in the narrower set.
fn is_bounded(text: &str, narrow: fn(char) -> bool, between: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.starts_with(narrow)
        && text.ends_with(narrow)
        && text.chars().all(|c| narrow(c) || between.contains(c))
}
