//! The table of GitHub's endpoints, as its REST description lists them, and the look-up of a path in it.

use std::sync::OnceLock;

/// A segment of a path a line, below the one that it follows; behind it its methods and their operations. The program
/// `examples/github_routes.rs` makes it of the description, and says how.
const ROUTES: &str = include_str!("routes.txt");

/// Parameters that may hold slashes: paths, branches, tags.
const MANY: [&str; 5] = ["{path}", "{dir}", "{ref}", "{branch}", "{basehead}"];

/// All endpoints, as a tree of segments.
pub(super) struct Routes {
    nodes: Vec<Node>,
    /// Where the repository and the organisation stand, whose pages after the first are asked for by their ids.
    repository: usize,
    organization: usize,
    user: usize,
}

/// A segment, and what may follow it.
#[derive(Default)]
struct Node {
    literals: Vec<(&'static str, usize)>,
    parameter: Option<usize>,
    /// Whether it takes several segments of a path.
    takes_many: bool,
    route: Route,
}

/// What GitHub does at a path, if it is one of its endpoints.
#[derive(Default)]
pub(super) struct Route {
    template: Option<Box<str>>,
    operations: Vec<(&'static str, &'static str)>,
}

impl Route {
    pub(super) fn template(&'static self) -> Option<&'static str> {
        self.template.as_deref()
    }

    /// The operation by that method; that of `GET` answers `HEAD`, too.
    pub(super) fn operation(&self, method: &str) -> Option<&'static str> {
        let by = |method: &str| self.operations.iter().find(|(known, _)| *known == method).map(|(_, id)| *id);
        by(method).or_else(|| if method == "HEAD" { by("GET") } else { None })
    }
}

impl Routes {
    /// The table, read once.
    pub(super) fn known() -> &'static Self {
        static KNOWN: OnceLock<Routes> = OnceLock::new();
        KNOWN.get_or_init(|| Self::read(ROUTES))
    }

    fn read(text: &'static str) -> Self {
        let mut routes = Self { nodes: vec![Node::default()], repository: 0, organization: 0, user: 0 };
        // The nodes from the root to the last line's, each with its path.
        let mut above: Vec<(usize, String)> = vec![(0, String::new())];
        for line in text.lines() {
            let deep = line.len() - line.trim_start_matches(' ').len();
            let mut words = line.split_ascii_whitespace();
            let segment = words.next().unwrap_or_default();
            let operations: Vec<_> = words.filter_map(|word| word.split_once('=')).collect();
            if segment == "/" {
                routes.nodes[0].route = Route { template: Some("/".into()), operations };
                continue;
            }
            above.truncate(deep + 1);
            let (parent, path) = above.last().map_or((0, String::new()), |(node, path)| (*node, path.clone()));
            let path = format!("{path}/{segment}");
            let template = (!operations.is_empty()).then(|| Box::from(path.as_str()));
            let node = routes.nodes.len();
            let takes_many = MANY.contains(&segment);
            routes.nodes.push(Node { takes_many, route: Route { template, operations }, ..Node::default() });
            if segment.starts_with('{') {
                routes.nodes[parent].parameter = Some(node);
            } else {
                routes.nodes[parent].literals.push((segment, node));
            }
            match path.as_str() {
                "/repos/{owner}/{repo}" => routes.repository = node,
                "/orgs/{org}" => routes.organization = node,
                "/users/{username}" => routes.user = node,
                _ => {}
            }
            above.push((node, path));
        }
        for node in &mut routes.nodes {
            node.literals.sort_unstable();
        }
        routes
    }

    /// The endpoint that a path asks for.
    pub(super) fn find(&'static self, path: &str) -> Option<&'static Route> {
        let rest = path.trim_matches('/');
        let found = self.below(0, rest).or_else(|| self.by_id(rest))?;
        Some(&self.nodes[found].route)
    }

    /// The endpoint of a path that names its repository, organisation or user by id, as the links between pages do.
    fn by_id(&self, rest: &str) -> Option<usize> {
        let (kind, rest) = rest.split_once('/')?;
        let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let node = match kind {
            "repositories" => self.repository,
            "organizations" => self.organization,
            "user" => self.user,
            _ => return None,
        };
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        if is_id { self.below(node, rest) } else { None }
    }

    /// A text before a parameter, one segment before several.
    fn below(&self, node: usize, rest: &str) -> Option<usize> {
        let Node { literals, parameter, .. } = &self.nodes[node];
        if rest.is_empty() {
            return self.nodes[node].route.template.is_some().then_some(node);
        }
        let (segment, mut rest) = rest.split_once('/').unwrap_or((rest, ""));
        let literal = literals.binary_search_by_key(&segment, |(literal, _)| literal).ok().map(|at| literals[at].1);
        if let Some(found) = literal.and_then(|literal| self.below(literal, rest)) {
            return Some(found);
        }
        let parameter = parameter.filter(|_| !segment.is_empty())?;
        loop {
            let found = self.below(parameter, rest);
            if found.is_some() || rest.is_empty() || !self.nodes[parameter].takes_many {
                return found;
            }
            rest = rest.split_once('/').map_or("", |(_, after)| after);
        }
    }
}
