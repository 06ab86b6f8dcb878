//! The levels of a graph.

/// The level of each step, from 1: the steps of a level depend on steps of lower ones only, and on one of the level
/// below. `parents` has the indices of each step's parents. A step of a cycle, which no template has, is of level 0.
pub fn levels(parents: &[Vec<usize>]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
    let mut missing: Vec<usize> = parents.iter().map(Vec::len).collect();
    for (child, own) in parents.iter().enumerate() {
        own.iter().for_each(|parent| children[*parent].push(child));
    }
    let mut levels = vec![0; parents.len()];
    let mut next: Vec<usize> = (0..parents.len()).filter(|it| missing[*it] == 0).collect();
    let mut level = 1;
    while !next.is_empty() {
        let mut released = Vec::new();
        for step in next {
            levels[step] = level;
            for child in &children[step] {
                missing[*child] -= 1;
                if missing[*child] == 0 {
                    released.push(*child);
                }
            }
        }
        next = released;
        level += 1;
    }
    levels
}
