//! The Mandelbrot set, a tile at a time: the function whose results make a picture.
//!
//! Tiles inside the set cost up to a thousand times what tiles far outside cost, which is what makes it a good
//! example of uneven items: no shortcut for the inside is taken.

use super::{boxed, float, int, integer};
use crate::function::{Builtin, Nature, Params, Takes};
use crate::value::{Tile, Value, ValueRef};

pub(super) const MANDELBROT_TILE: Builtin = Builtin {
    name: "mandelbrot_tile",
    summary: "Draws one tile of a picture of the Mandelbrot set, counted from 0 row by row.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
                    24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47",
    params: &[
        int("picture_width_px", "The width of the whole picture in pixels.", 1, 16_384, 640),
        int("picture_height_px", "The height of the whole picture in pixels.", 1, 16_384, 480),
        int(
            "tile_px",
            "The width and height of a tile in pixels; those at the edges may be smaller.",
            1,
            2048,
            80,
        ),
        int("max_iterations", "After how many steps a point counts as inside.", 1, 1_000_000, 5000),
        float("centre_x", "The real part of the point in the middle.", -4.0, 4.0, -0.65),
        float("centre_y", "The imaginary part of the point in the middle.", -4.0, 4.0, 0.0),
        float("zoom", "How many times the view is magnified; at 1 it is 2.5 high.", 0.01, 1e13, 1.0),
    ],
    make: |params| {
        let picture = Picture::new(params);
        boxed(move |_, input| picture.tile(input).map(|tile| Value::Tile(Box::new(tile))))
    },
};

/// The height of the view at zoom 1, which shows the whole set with a margin.
const VIEW_HEIGHT: f64 = 2.5;

/// Far beyond the radius of 2 that decides, because the smooth colours are the better the larger it is.
const ESCAPE_RADIUS: f64 = 256.0;

struct Picture {
    width_px: u32,
    height_px: u32,
    tile_px: u32,
    max_iterations: u32,
    centre: (f64, f64),
    pixel: f64,
}

impl Picture {
    fn new(params: &Params) -> Self {
        // The catalogue's ranges fit in 32 bits.
        let pixels = |name: &str| params.int(name) as u32;
        let height_px = pixels("picture_height_px");
        Self {
            width_px: pixels("picture_width_px"),
            height_px,
            tile_px: pixels("tile_px"),
            max_iterations: pixels("max_iterations"),
            centre: (params.float("centre_x"), params.float("centre_y")),
            pixel: VIEW_HEIGHT / params.float("zoom") / f64::from(height_px),
        }
    }

    fn tile(&self, input: ValueRef<'_>) -> Result<Tile, String> {
        let (left_px, top_px) = self.corner(integer(input)?)?;
        let width_px = self.tile_px.min(self.width_px - left_px);
        let height_px = self.tile_px.min(self.height_px - top_px);
        let mut rgb = Vec::with_capacity(width_px as usize * height_px as usize * 3);
        for y_px in top_px..top_px + height_px {
            for x_px in left_px..left_px + width_px {
                rgb.extend(self.colour_at(x_px, y_px));
            }
        }
        let (picture_width_px, picture_height_px) = (self.width_px, self.height_px);
        Ok(Tile { picture_width_px, picture_height_px, left_px, top_px, width_px, height_px, rgb })
    }

    /// The upper left pixel of the tile.
    fn corner(&self, index: i64) -> Result<(u32, u32), String> {
        let across = self.width_px.div_ceil(self.tile_px);
        let tiles = across * self.height_px.div_ceil(self.tile_px);
        match u32::try_from(index) {
            Ok(index) if index < tiles => Ok((index % across * self.tile_px, index / across * self.tile_px)),
            _ => Err(format!("there is no tile {index}: the picture has {tiles}, counted from 0")),
        }
    }

    fn colour_at(&self, x_px: u32, y_px: u32) -> [u8; 3] {
        // The middle of the pixel; y grows upward in the plane and downward in the picture.
        let x = self.centre.0 + (f64::from(x_px) + 0.5 - f64::from(self.width_px) / 2.0) * self.pixel;
        let y = self.centre.1 - (f64::from(y_px) + 0.5 - f64::from(self.height_px) / 2.0) * self.pixel;
        escape_time(x, y, self.max_iterations).map_or(INSIDE, colour)
    }
}

/// After how many steps of z -> z^2 + c, from z = 0, the point `c` leaves; nothing where it does not. The part behind
/// the point is what makes colours smooth: n + 1 - log2(log2 |z|), the normalised iteration count (Peitgen and Richter,
/// "The Beauty of Fractals", 1986, as the continuous potential), here moved so that it starts at 0.
fn escape_time(c_x: f64, c_y: f64, max_iterations: u32) -> Option<f64> {
    let (mut x, mut y) = (0.0_f64, 0.0_f64);
    for step in 0..max_iterations {
        let (x_squared, y_squared) = (x * x, y * y);
        let radius_squared = x_squared + y_squared;
        if radius_squared > ESCAPE_RADIUS * ESCAPE_RADIUS {
            let beyond = (radius_squared.ln() / (2.0 * ESCAPE_RADIUS.ln())).log2();
            return Some((f64::from(step) - beyond).max(0.0));
        }
        y = 2.0 * x * y + c_y;
        x = x_squared - y_squared + c_x;
    }
    None
}

const INSIDE: [u8; 3] = [4, 5, 14];

/// A cycle of colours and where on it each stands: night blue, sky, white, amber, dark red and back.
const PALETTE: [(f64, [f64; 3]); 6] = [
    (0.00, [5.0, 10.0, 60.0]),
    (0.17, [32.0, 107.0, 203.0]),
    (0.40, [237.0, 250.0, 255.0]),
    (0.62, [255.0, 170.0, 20.0]),
    (0.83, [90.0, 12.0, 40.0]),
    (1.00, [5.0, 10.0, 60.0]),
];

/// The square root spreads the few steps far outside and calms the many close to the edge; the offset puts night blue
/// at the corners of the default view.
fn colour(escape_time: f64) -> [u8; 3] {
    let place = ((escape_time.sqrt() - 1.7) * 0.2).rem_euclid(1.0);
    let next = PALETTE.iter().position(|(at, _)| *at > place).unwrap_or(PALETTE.len() - 1).max(1);
    let ((from, dark), (to, light)) = (PALETTE[next - 1], PALETTE[next]);
    let share = (place - from) / (to - from);
    // Smoothstep: the colours change without a kink where two stretches meet.
    let share = share * share * (3.0 - 2.0 * share);
    std::array::from_fn(|channel| (dark[channel] + (light[channel] - dark[channel]) * share).round() as u8)
}
