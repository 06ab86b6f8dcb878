//! Which events somebody asks for.

use super::catalog;
use super::derive::names_of;
use super::event::{Event, OWN_PREFIX};
use tasker_domain::ids::TaskId;
use tasker_engine::wanted_rows::{RowKind, WantedRows};

/// The most patterns of types in one filter.
pub const MAX_TYPES: usize = 50;
/// The longest pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 120;
/// First parts that no handler's event may have.
const RESERVED: [&str; 3] = ["step", "task", "tasker"];

/// What is asked for; what is none matches all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Any of these; empty for all.
    pub types: Vec<TypePattern>,
    pub namespace: Option<String>,
    pub template: Option<String>,
    pub task: Option<TaskId>,
    pub step: Option<String>,
    pub handler: Option<String>,
    pub correlation_id: Option<String>,
    pub tag: Option<String>,
}

/// A type, or all types below a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypePattern {
    /// Without the `.*` at its end.
    name: String,
    is_prefix: bool,
    /// With `tasker.` before it: not of handlers.
    is_own_only: bool,
}

/// Why a list of types is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error(
        "`{given}` is not a type of events; did you mean `{nearest}`? `tasker events catalog` lists all"
    )]
    Nearly { given: String, nearest: String },
    #[error("`{0}` is not a type of events; `tasker events catalog` lists all")]
    Unknown(String),
    #[error(
        "`{0}` is not a pattern of types; write a type such as task.completed, all of an object as task.*, or *"
    )]
    Form(String),
    #[error("a filter has at most {MAX_TYPES} types; this one has {0}")]
    TooMany(usize),
}

/// Reads types with commas between them, such as `task.*,orders.charged`.
pub fn parse_types(text: &str) -> Result<Vec<TypePattern>, FilterError> {
    let patterns: Vec<&str> = text.split(',').map(str::trim).collect();
    if patterns.len() > MAX_TYPES {
        return Err(FilterError::TooMany(patterns.len()));
    }
    patterns.into_iter().map(parse_type).collect()
}

fn parse_type(given: &str) -> Result<TypePattern, FilterError> {
    let form = || FilterError::Form(given.chars().take(40).collect());
    if given == "*" {
        return Ok(TypePattern {
            name: String::new(),
            is_prefix: true,
            is_own_only: false,
        });
    }
    let own = given.strip_prefix(OWN_PREFIX);
    let (name, is_prefix) = match own.unwrap_or(given) {
        "*" => ("", true),
        text => text
            .strip_suffix(".*")
            .map_or((text, false), |name| (name, true)),
    };
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let is_name =
        !name.is_empty() && name.chars().all(is_allowed) && !name.split('.').any(str::is_empty);
    if given.len() > MAX_PATTERN_BYTES
        || !(is_name || is_prefix && own.is_some() && name.is_empty())
    {
        return Err(form());
    }
    let pattern = TypePattern {
        name: name.to_owned(),
        is_prefix,
        is_own_only: own.is_some(),
    };
    pattern.check(given)
}

impl TypePattern {
    /// Refuses a name that can only be meant for one of Tasker's own and is none.
    fn check(self, given: &str) -> Result<Self, FilterError> {
        let is_known = match self.is_prefix {
            true => {
                self.name.is_empty() || catalog::all().any(|known| self.matches_name(known.name))
            }
            false => catalog::find(&self.name).is_some(),
        };
        if is_known {
            return Ok(self);
        }
        let first = self.name.split('.').next().unwrap_or_default();
        let nearest = catalog::nearly(&self.name);
        let is_reserved = self.is_own_only || RESERVED.contains(&first);
        match nearest {
            Some(nearest) if is_reserved || catalog::is_first_part(first) => {
                Err(FilterError::Nearly {
                    given: given.to_owned(),
                    nearest: nearest.to_owned(),
                })
            }
            None if is_reserved => Err(FilterError::Unknown(given.to_owned())),
            Some(_) | None => Ok(self),
        }
    }

    fn matches_name(&self, name: &str) -> bool {
        match (self.is_prefix, name.strip_prefix(self.name.as_str())) {
            (_, None) => false,
            (true, Some(rest)) => self.name.is_empty() || rest.is_empty() || rest.starts_with('.'),
            (false, Some(rest)) => rest.is_empty(),
        }
    }

    fn matches(&self, event: &Event) -> bool {
        !(self.is_own_only && event.is_of_handler) && self.matches_name(&event.name)
    }

    /// True if a row of this kind may have an event of this type.
    fn may_match(&self, kind: RowKind) -> bool {
        let first = self.name.split('.').next().unwrap_or_default();
        match (kind, names_of(kind)) {
            (_, Some(names)) => names.into_iter().any(|name| self.matches_name(name)),
            (RowKind::Event, None) => !self.is_own_only && !RESERVED.contains(&first),
            // A newer host may write a change that this release does not know.
            (_, None) => {
                let mut known = catalog::OF_AUDIT.iter();
                let is_of_log = catalog::OF_LOG.iter().any(|it| self.matches_name(it.name));
                !is_of_log || known.any(|known| self.matches_name(known.name))
            }
        }
    }
}

impl Filter {
    /// The rows that may have events that are asked for.
    pub fn rows(&self) -> WantedRows {
        if let Some(task) = self.task {
            return WantedRows::of_task(task.0);
        }
        let may_match = |kind: &RowKind| {
            self.types.is_empty() || self.types.iter().any(|pattern| pattern.may_match(*kind))
        };
        WantedRows::of_kinds(RowKind::all().filter(may_match))
    }

    /// True for an event that is asked for.
    pub fn matches(&self, event: &Event) -> bool {
        let data = &event.data;
        let is = |asked: &Option<String>, value: &Option<String>| asked.is_none() || asked == value;
        (self.types.is_empty() || self.types.iter().any(|pattern| pattern.matches(event)))
            && self.task.is_none_or(|task| data.task_id == Some(task.0))
            && is(&self.namespace, &data.namespace)
            && is(&self.template, &data.template)
            && is(&self.step, &data.step)
            && is(&self.handler, &data.handler)
            && is(&self.correlation_id, &event.correlation_id)
            && self.tag.as_ref().is_none_or(|tag| has(&data.tags, tag))
    }
}

fn has(tags: &Option<Vec<String>>, tag: &String) -> bool {
    tags.as_ref().is_some_and(|tags| tags.contains(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(text: &str) -> Vec<TypePattern> {
        parse_types(text).unwrap()
    }

    #[test]
    fn types_are_exact_or_all_below_a_prefix() {
        let matches = |pattern: &str, name: &str| patterns(pattern)[0].matches_name(name);
        assert!(matches("task.completed", "task.completed"));
        assert!(!matches("task.completed", "task.completed.late"));
        assert!(matches("task.*", "task.failed") && !matches("task.*", "tasks.failed"));
        assert!(matches("*", "orders.charged") && matches("orders.*", "orders.charged"));
        assert!(matches("tasker.pin.*", "pin.set"));
    }

    #[test]
    fn an_unknown_type_of_our_own_is_refused_with_the_nearest() {
        let nearest = |text: &str| parse_types(text).unwrap_err().to_string();
        assert!(nearest("task.complete").contains("`task.completed`"));
        assert!(nearest("orders.charged,tasker.pin.sett").contains("`pin.set`"));
        assert!(nearest("task.foo_and_more").contains("not a type"));
        assert!(nearest("component.publsh").contains("`component.publish`"));
        for wrong in ["", "a,,b", "a b", "a.*.b", "*.a", "ü"] {
            assert!(
                matches!(parse_types(wrong), Err(FilterError::Form(_))),
                "{wrong}"
            );
        }
        let many = vec!["a"; 51].join(",");
        assert_eq!(parse_types(&many), Err(FilterError::TooMany(51)));
        assert_eq!(patterns("orders.charged, shipping.*").len(), 2);
    }
}
