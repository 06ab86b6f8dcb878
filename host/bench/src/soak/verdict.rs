//! Whether anything grows: the last third of the minutes beside the second. The first is the time in which tables fill
//! and hosts compile.

use super::look::Minute;

/// What a mean may be above the other: times, and in any case.
const ROOM: [(&str, f64, f64, Of); 5] = [
    ("memory of hosts, MiB", 1.3, 30.0, |it| {
        it.host_mib.iter().copied().fold(0.0, f64::max)
    }),
    ("tables, MiB", 1.3, 20.0, |it| it.table_mib),
    ("dead rows", 2.0, 50_000.0, |it| it.rows.dead_rows as f64),
    ("open tasks", 2.0, 1_000.0, |it| it.rows.open_tasks as f64),
    ("oldest open task, s", 2.0, 60.0, |it| it.rows.oldest_open_s),
];

type Of = fn(&Minute) -> f64;

/// What grew; nothing where there are too few minutes to say.
pub(super) fn grew(minutes: &[Minute]) -> Vec<String> {
    let third = minutes.len() / 3;
    if third == 0 {
        return Vec::new();
    }
    let (before, last) = minutes[third..].split_at(third);
    let above = ROOM.iter().filter_map(|(what, times, most, of)| {
        let (then, now) = (mean(before, *of), mean(last, *of));
        (now > then * times + most).then(|| format!("{what}: {then:.0}, then {now:.0}"))
    });
    above.collect()
}

fn mean(minutes: &[Minute], of: Of) -> f64 {
    minutes.iter().map(of).sum::<f64>() / minutes.len() as f64
}

#[cfg(test)]
mod tests {
    use super::super::look::Rows;
    use super::*;

    fn minutes(table_mib: impl Fn(usize) -> f64) -> Vec<Minute> {
        let minute = |minute| Minute {
            minute,
            host_mib: vec![90.0, 100.0],
            table_mib: table_mib(minute),
            rows: Rows {
                tasks: 10_000,
                open_tasks: 100,
                oldest_open_s: 20.0,
                queued: 50,
                live_rows: 100_000,
                dead_rows: 10_000,
            },
            wrong: Default::default(),
        };
        (1..=10).map(minute).collect()
    }

    #[test]
    fn tables_that_fill_at_first_are_flat() {
        let filling = |minute| {
            if minute < 3 {
                10.0
            } else {
                200.0 + minute as f64
            }
        };
        assert!(grew(&minutes(filling)).is_empty());
    }

    #[test]
    fn tables_that_grow_all_the_while_are_told() {
        let growing = grew(&minutes(|minute| 100.0 * minute as f64));
        assert_eq!(growing, ["tables, MiB: 500, then 850"]);
    }
}
