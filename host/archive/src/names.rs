//! Names of files, which say which tasks they may have.

use chrono::{DateTime, Days};
use tasker_domain::ids::TaskId;

const EXTENSION: &str = ".jsonl.gz";

/// How much earlier than the id of a task says it may have ended, since the clocks of hosts and databases differ.
const MARGIN: Days = Days::new(1);

/// Of a file with tasks from the first to the last.
pub(super) fn of(first: TaskId, last: TaskId) -> String {
    format!("{first}_{last}{EXTENSION}")
}

/// True for `DAY/FIRST_LAST.jsonl.gz` where the id is between these.
pub(super) fn may_have(path: &str, id: TaskId) -> bool {
    let name = path.split_once('/').map_or(path, |(_, name)| name);
    let ids = name.strip_suffix(EXTENSION);
    let Some((first, last)) = ids.and_then(|ids| ids.split_once('_')) else {
        return false;
    };
    let (Ok(first), Ok(last)) = (first.parse::<TaskId>(), last.parse::<TaskId>()) else {
        return false;
    };
    (first..=last).contains(&id)
}

/// The first day on which the task may have ended: it was not created before. `None` if its id does not say.
pub(super) fn first_day(id: TaskId) -> Option<String> {
    let (seconds, _) = id.0.get_timestamp()?.to_unix();
    let created = DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)?;
    let day = created.date_naive().checked_sub_days(MARGIN)?;
    Some(day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> TaskId {
        let text = format!("0190aaaa-0000-7000-8000-0000000000{n:02x}");
        text.parse().unwrap()
    }

    #[test]
    fn a_file_has_the_tasks_between_the_ids_of_its_name() {
        let path = format!("2024-07-13/{}", of(id(5), id(9)));
        assert!([5, 7, 9].into_iter().all(|no| may_have(&path, id(no))));
        assert!([4, 10].into_iter().all(|no| !may_have(&path, id(no))));
        assert!(!may_have("notes.txt", id(5)));
        assert!(!may_have(&path.replace(".gz", ".partial"), id(5)));
    }

    #[test]
    fn days_before_the_task_was_created_are_passed_over() {
        assert_eq!(first_day(id(5)).as_deref(), Some("2024-07-12"));
        let random = "0190aaaa-0000-4000-8000-000000000005";
        assert_eq!(first_day(random.parse().unwrap()), None);
    }
}
