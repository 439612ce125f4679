//! The pictures of the guide: drawn from runs that tests make (`tests/ui/guide_pictures.rs`), for a dark and a light window,
//! and decoded when they are first in sight.

use std::io::Cursor;

use egui::{ColorImage, Context, Id, TextureHandle, TextureOptions};

use crate::app::theme::Theme;

/// A picture by the name that the guide has for it, for a dark window and for a light one, as PNG.
type Picture = (&'static str, [&'static [u8]; 2]);

macro_rules! picture {
    ($name:literal) => {
        (
            $name,
            [
                include_bytes!(concat!("../../../assets/guide/pictures/", $name, "-dark.png")).as_slice(),
                include_bytes!(concat!("../../../assets/guide/pictures/", $name, "-light.png")).as_slice(),
            ],
        )
    };
}

const PICTURES: [Picture; 3] = [picture!("views"), picture!("timeline"), picture!("lesson")];

/// The picture of this name, as the window looks; nothing where there is none.
pub fn texture(ctx: &Context, theme: &Theme, name: &str) -> Option<TextureHandle> {
    let id = Id::unique(("picture of the guide", name, theme.is_dark));
    if let Some(known) = ctx.data(|data| data.get_temp::<TextureHandle>(id)) {
        return Some(known);
    }
    let (_, [dark, light]) = PICTURES.iter().find(|(known, _)| *known == name)?;
    let image = decoded(if theme.is_dark { dark } else { light })?;
    let texture = ctx.load_texture(format!("guide/{name}"), image, TextureOptions::LINEAR);
    ctx.data_mut(|data| data.insert_temp(id, texture.clone()));
    Some(texture)
}

fn decoded(png: &[u8]) -> Option<ColorImage> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    let size = [frame.width as usize, frame.height as usize];
    Some(ColorImage::from_rgba_unmultiplied(size, pixels.get(..size[0] * size[1] * 4)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::{Block, topics};

    #[test]
    fn each_picture_that_the_guide_names_is_there_and_can_be_read() {
        let blocks = topics().iter().flat_map(|topic| &topic.blocks);
        let named = blocks.filter_map(|block| match block {
            Block::Picture { name, .. } => Some(name.as_str()),
            _ => None,
        });
        let mut named: Vec<&str> = named.collect();
        let mut known = PICTURES.map(|(name, _)| name);
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known);
        for (name, looks) in PICTURES {
            let sizes = looks.map(|png| decoded(png).expect(name).size);
            assert!(sizes[0] == sizes[1] && sizes[0][0] > 300, "{name}: {sizes:?}");
        }
    }
}
