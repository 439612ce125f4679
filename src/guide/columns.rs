//! How wide the columns of a table are where there is too little room for all that they hold.

/// Widths for columns that want these, in this room: those that want no more than their share of what is left get it, and
/// the others share the rest.
pub fn column_widths(wanted: &[f32], room: f32) -> Vec<f32> {
    let mut narrowest: Vec<usize> = (0..wanted.len()).collect();
    narrowest.sort_by(|one, other| wanted[*one].total_cmp(&wanted[*other]));
    let (mut widths, mut left) = (vec![0.0; wanted.len()], room);
    for (given, column) in narrowest.into_iter().enumerate() {
        widths[column] = wanted[column].min((left / (wanted.len() - given) as f32).max(0.0));
        left -= widths[column];
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::column_widths;

    #[test]
    fn wide_columns_share_what_narrow_ones_leave() {
        assert_eq!(column_widths(&[50.0, 60.0], 300.0), [50.0, 60.0]);
        assert_eq!(column_widths(&[50.0, 900.0], 300.0), [50.0, 250.0]);
        assert_eq!(column_widths(&[400.0, 40.0, 900.0], 300.0), [130.0, 40.0, 130.0]);
        assert!(column_widths(&[], 300.0).is_empty());
    }
}
