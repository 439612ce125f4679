//! A tree of work, as the rows of a run tell it: parts first, then the pairs of each level, up to one node.

use crate::pool::RunLog;

/// One node of the tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorkNode {
    /// The worker that made it, counted from 1.
    pub worker: usize,
    /// What it took on a core; a wait for its parts is not in it.
    pub cpu_s: f64,
}

/// The tree, as far as it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkTree {
    /// By number: the parts first, and the root last.
    nodes: Vec<Option<WorkNode>>,
    parts: usize,
}

impl WorkTree {
    /// The tree that the items of a run are the nodes of, in order; nothing where their number makes none.
    pub fn of(log: &RunLog) -> Option<Self> {
        let node = |index| {
            let row = log.row(index)?;
            row.output.map(|_| WorkNode { worker: row.worker, cpu_s: f64::from(row.cpu_s) })
        };
        Self::new((0..log.counts.total).map(node).collect())
    }

    pub(super) fn new(nodes: Vec<Option<WorkNode>>) -> Option<Self> {
        let parts = nodes.len().div_ceil(2);
        (nodes.len() % 2 == 1 && parts.is_power_of_two()).then_some(Self { nodes, parts })
    }

    /// The nodes of each level with their numbers: the parts first, the root last.
    pub fn levels(&self) -> impl Iterator<Item = &[Option<WorkNode>]> {
        let (mut first, mut count) = (0, self.parts);
        std::iter::from_fn(move || {
            let level = self.nodes.get(first..first + count).filter(|level| !level.is_empty())?;
            (first, count) = (first + count, count / 2);
            Some(level)
        })
    }

    /// Whether all nodes are made.
    pub fn is_whole(&self) -> bool {
        self.nodes.iter().all(Option::is_some)
    }

    pub fn parts(&self) -> usize {
        self.parts
    }

    /// What each level took of the cores, the parts first.
    pub fn level_s(&self) -> Vec<f64> {
        let took =
            |level: &[Option<WorkNode>]| level.iter().flatten().fold(0.0, |sum, node| sum + node.cpu_s);
        self.levels().map(took).collect()
    }

    /// The longest path from a part to the root: the numbers of its nodes, from the root on, and what they took together.
    pub fn path(&self) -> (Vec<usize>, f64) {
        // From each part on, what the longest path up to a node took.
        let mut longest_s: Vec<f64> = Vec::with_capacity(self.nodes.len());
        for (place, node) in self.nodes.iter().enumerate() {
            let below_s = self.children(place).map_or(0.0, |pair| longest_s[pair[0]].max(longest_s[pair[1]]));
            longest_s.push(below_s + node.map_or(0.0, |node| node.cpu_s));
        }
        let mut path = vec![self.nodes.len() - 1];
        while let Some([left, right]) = self.children(path[path.len() - 1]) {
            path.push(if longest_s[left] >= longest_s[right] { left } else { right });
        }
        (path, longest_s[self.nodes.len() - 1])
    }

    /// The two nodes that this one is made of; nothing of a part.
    pub fn children(&self, place: usize) -> Option<[usize; 2]> {
        let pair = place.checked_sub(self.parts)?;
        Some([2 * pair, 2 * pair + 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(cpu_s: &[f64]) -> Option<WorkTree> {
        WorkTree::new(cpu_s.iter().map(|cpu_s| Some(WorkNode { worker: 1, cpu_s: *cpu_s })).collect())
    }

    #[test]
    fn the_longest_path_goes_from_the_root_to_a_part() {
        let tree = tree(&[1.0, 1.0, 1.0, 3.0, 2.0, 1.0, 4.0]).unwrap();
        assert_eq!(tree.path(), (vec![6, 5, 3], 8.0));
        assert_eq!(tree.level_s(), [6.0, 3.0, 4.0]);
        assert_eq!(tree.levels().map(<[_]>::len).collect::<Vec<_>>(), [4, 2, 1]);
    }

    #[test]
    fn so_many_items_as_no_tree_has_make_none() {
        assert!(tree(&[]).is_none());
        assert!(tree(&[1.0, 1.0]).is_none());
        assert!(tree(&[1.0; 5]).is_none(), "three parts");
        let one = tree(&[2.0]).unwrap();
        assert_eq!((one.path(), one.levels().count()), ((vec![0], 2.0), 1));
    }
}
