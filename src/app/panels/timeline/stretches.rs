//! How a history of samples becomes stretches on the screen: thinned to the pixels there are, and cut at the edges.

use egui::{Color32, Mesh, Rangef, pos2};

/// A point of a history on the screen: where, and three figures that belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub x: f32,
    pub values: [f32; 3],
}

/// How the figures of one more point join those so far, of which it is the `nth`, counted from 1.
pub type Join = fn(&mut [f32; 3], next: [f32; 3], nth: f32);

/// Each figure is a mean.
pub fn join_means(values: &mut [f32; 3], next: [f32; 3], nth: f32) {
    values.iter_mut().zip(next).for_each(|(value, next)| *value += (next - *value) / nth);
}

/// The figures are the least, the mean and the highest.
pub fn join_range([min, mean, max]: &mut [f32; 3], next: [f32; 3], nth: f32) {
    *min = min.min(next[0]);
    *mean += (next[1] - *mean) / nth;
    *max = max.max(next[2]);
}

/// Calls `draw` with the ends of each stretch between neighbours that is in view, which is `x`.
pub fn for_each(
    places: impl Iterator<Item = Place>,
    join: Join,
    x: Rangef,
    draw: &mut impl FnMut(Place, Place),
) {
    let mut before: Option<Place> = None;
    for place in thinned(places, join) {
        if let Some((one, other)) = before.and_then(|before| cut(before, place, x)) {
            draw(one, other);
        }
        before = Some(place);
    }
}

/// Joins points that lie within a pixel of each other.
fn thinned(places: impl Iterator<Item = Place>, join: Join) -> impl Iterator<Item = Place> {
    let mut places = places.peekable();
    std::iter::from_fn(move || {
        let mut joined = places.next()?;
        let mut count = 1.0;
        while let Some(next) = places.next_if(|next| next.x - joined.x < 1.0) {
            count += 1.0;
            join(&mut joined.values, next.values, count);
        }
        Some(joined)
    })
}

/// The part of a stretch that is in view.
fn cut(one: Place, other: Place, x: Rangef) -> Option<(Place, Place)> {
    if other.x < x.min || one.x > x.max || other.x <= one.x {
        return None;
    }
    let at = |edge: f32| {
        let share = (edge - one.x) / (other.x - one.x);
        let values =
            std::array::from_fn(|nth| one.values[nth] + (other.values[nth] - one.values[nth]) * share);
        Place { x: edge, values }
    };
    let first = if one.x < x.min { at(x.min) } else { one };
    let last = if other.x > x.max { at(x.max) } else { other };
    Some((first, last))
}

/// Adds an area between two lines from `x[0]` to `x[1]`.
pub fn add_quad(mesh: &mut Mesh, x: [f32; 2], top: [f32; 2], bottom: [f32; 2], color: Color32) {
    let first = mesh.vertices.len() as u32;
    for (x, y) in [(x[0], top[0]), (x[1], top[1]), (x[1], bottom[1]), (x[0], bottom[0])] {
        mesh.colored_vertex(pos2(x, y), color);
    }
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first, first + 2, first + 3);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(x: f32, value: f32) -> Place {
        Place { x, values: [value; 3] }
    }

    #[test]
    fn a_stretch_is_cut_at_the_edges() {
        let (one, other) = cut(place(-100.0, 0.0), place(100.0, 1.0), Rangef::new(0.0, 50.0)).unwrap();
        assert_eq!((one, other), (place(0.0, 0.5), place(50.0, 0.75)));
        assert_eq!(cut(place(-9.0, 0.0), place(-1.0, 1.0), Rangef::new(0.0, 50.0)), None);
    }

    #[test]
    fn points_within_a_pixel_keep_their_extremes_or_their_means() {
        let places = [place(0.0, 0.0), place(0.5, 1.0), place(3.0, 0.5)];
        let ranges: Vec<Place> = thinned(places.into_iter(), join_range).collect();
        assert_eq!(ranges, [Place { x: 0.0, values: [0.0, 0.5, 1.0] }, place(3.0, 0.5)]);
        let means: Vec<Place> = thinned(places.into_iter(), join_means).collect();
        assert_eq!(means, [place(0.0, 0.5), place(3.0, 0.5)]);
    }

    #[test]
    fn stretches_in_view_are_drawn_once_each() {
        let mut drawn = Vec::new();
        let places = (0..10).map(|n| place(n as f32 * 10.0, 0.0));
        for_each(places, join_means, Rangef::new(15.0, 35.0), &mut |one, other| drawn.push((one.x, other.x)));
        assert_eq!(drawn, [(15.0, 20.0), (20.0, 30.0), (30.0, 35.0)]);
    }
}
