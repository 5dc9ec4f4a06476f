//! Which endpoint a path is: GitHub's own patterns, and no label for anything else.

use http::Method;
use telemetry_vcs::Endpoint;

/// What the crate reads, read once more and otherwise.
const ROUTES: &str = include_str!("../../src/github/routes.txt");

/// Template, method and operation of every line.
fn described() -> Vec<(String, Method, String)> {
    let mut path: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for line in ROUTES.lines() {
        let (segment, operations) = line.trim_start().split_once(' ').unwrap_or((line.trim_start(), ""));
        path.truncate(line.chars().take_while(|c| *c == ' ').count());
        if segment != "/" {
            path.push(segment);
        }
        let template = format!("/{}", path.join("/"));
        for operation in operations.split(' ').filter(|word| !word.is_empty()) {
            let (method, id) = operation.split_once('=').expect("a method and an operation");
            found.push((template.clone(), method.parse().expect("a method"), id.to_owned()));
        }
    }
    found
}

#[test]
fn every_endpoint_that_github_describes_is_found_by_its_operation() {
    let described = described();
    assert!(described.len() > 1_000, "{} operations", described.len());
    for (template, method, id) in described {
        let fill = |segment: &str| if segment.starts_with('{') { "x1".to_owned() } else { segment.to_owned() };
        let path = template.split('/').map(fill).collect::<Vec<_>>().join("/");
        let endpoint = Endpoint::of(&method, &path);
        assert_eq!((endpoint.template(), endpoint.operation()), (&*template, Some(&*id)), "{method} {path}");
    }
}

#[test]
fn an_endpoint_is_a_pattern_and_never_a_path() {
    for (method, path, template, operation) in [
        (Method::GET, "/", "/", Some("meta/root")),
        (Method::GET, "/repos/o/r", "/repos/{owner}/{repo}", Some("repos/get")),
        (Method::GET, "/repos/o/r/pulls/7", "/repos/{owner}/{repo}/pulls/{number}", Some("pulls/get")),
        (Method::PATCH, "/repos/o/r/pulls/7", "/repos/{owner}/{repo}/pulls/{number}", Some("pulls/update")),
        (Method::GET, "/repos/o/r/issues/7/", "/repos/{owner}/{repo}/issues/{number}", Some("issues/get")),
        (Method::GET, "/repos/o/r/pulls?state=open&token=x", "/repos/{owner}/{repo}/pulls", Some("pulls/list")),
        // A text goes before a parameter.
        (
            Method::GET,
            "/repos/o/r/pulls/comments",
            "/repos/{owner}/{repo}/pulls/comments",
            Some("pulls/list-review-comments-for-repo"),
        ),
        // HEAD is GET without a body.
        (Method::HEAD, "/repos/o/r", "/repos/{owner}/{repo}", Some("repos/get")),
        (Method::PUT, "/repos/o/r", "/repos/{owner}/{repo}", None),
        // Paths, branches and tags hold slashes.
        (
            Method::GET,
            "/repos/o/r/contents/src/deep/lib.rs",
            "/repos/{owner}/{repo}/contents/{path}",
            Some("repos/get-content"),
        ),
        (Method::GET, "/repos/o/r/git/ref/heads/agent/x", "/repos/{owner}/{repo}/git/ref/{ref}", Some("git/get-ref")),
        (
            Method::GET,
            "/repos/o/r/compare/main...agent/x",
            "/repos/{owner}/{repo}/compare/{basehead}",
            Some("repos/compare-commits-with-basehead"),
        ),
        (
            Method::GET,
            "/repos/o/r/branches/agent/x",
            "/repos/{owner}/{repo}/branches/{branch}",
            Some("repos/get-branch"),
        ),
        (
            Method::GET,
            "/repos/o/r/branches/agent/x/protection",
            "/repos/{owner}/{repo}/branches/{branch}/protection",
            Some("repos/get-branch-protection"),
        ),
        // How GitHub links one page to the next.
        (Method::GET, "/repositories/42/issues?page=2", "/repos/{owner}/{repo}/issues", Some("issues/list-for-repo")),
        (Method::GET, "/organizations/42/repos?page=2", "/orgs/{org}/repos", Some("repos/list-for-org")),
        (Method::GET, "/user/42/repos?page=2", "/users/{username}/repos", Some("repos/list-for-user")),
        (Method::GET, "/user/repos", "/user/repos", Some("repos/list-for-authenticated-user")),
        // A GitHub Enterprise Server.
        (Method::GET, "/api/v3", "/", Some("meta/root")),
        (Method::GET, "/api/v3/repos/o/r", "/repos/{owner}/{repo}", Some("repos/get")),
        (Method::POST, "/api/graphql", "/graphql", Some("graphql")),
        (Method::POST, "/graphql", "/graphql", Some("graphql")),
        (
            Method::POST,
            "/api/uploads/repos/o/r/releases/1/assets?name=a.zip",
            "/repos/{owner}/{repo}/releases/{release_id}/assets",
            Some("repos/upload-release-asset"),
        ),
        // What GitHub does not describe.
        (Method::GET, "/repos", "_unmatched", None),
        (Method::GET, "/repos/o", "_unmatched", None),
        (Method::GET, "/repos/o//pulls", "_unmatched", None),
        (Method::GET, "/repos/o/r/pulls/7/secret", "_unmatched", None),
        (Method::GET, "/repositories/x/issues", "_unmatched", None),
        (Method::GET, "/apiv3/repos/o/r", "_unmatched", None),
        (Method::GET, "/github-production-release-asset/1/2", "_unmatched", None),
        (Method::GET, "", "/", Some("meta/root")),
    ] {
        let endpoint = Endpoint::of(&method, path);
        assert_eq!((endpoint.template(), endpoint.operation()), (template, operation), "{method} {path}");
    }
}

#[test]
fn a_path_of_any_length_is_looked_up_in_its_own_time() {
    let long = format!("/repos/o/r/contents/{}", "a/".repeat(100_000));
    assert_eq!(Endpoint::of(&Method::GET, &long).template(), "/repos/{owner}/{repo}/contents/{path}");
    let lost = format!("/repos/o/r/branches/{}protection/none", "x/protection/".repeat(100_000));
    assert_eq!(Endpoint::of(&Method::GET, &lost).template(), "/repos/{owner}/{repo}/branches/{branch}");
}
