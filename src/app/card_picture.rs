//! A card of the window as a picture in a file: the window is looked at as it is, then a place is chosen.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, TryRecvError};

use egui::{ColorImage, Context, Id, Rect, vec2};

use super::background::{Task, finished_for};
use super::dialogs::{self, Choose, Chosen};
use crate::error::Result;
use crate::export;

/// Asks for a picture of what is in this part of the window. Cards do so, which know nothing of files.
pub fn ask_for(ctx: &Context, rect: Rect) {
    ctx.data_mut(|data| data.insert_temp(Id::unique("card to save"), Some(rect)));
}

/// How far the saving of a picture is; one at a time.
#[derive(Default)]
pub struct CardPicture {
    taking: Option<(Rect, Receiver<Arc<ColorImage>>)>,
    choosing: Option<(ColorImage, Task<Chosen>)>,
    writing: Option<(String, Task<Result<()>>)>,
}

impl CardPicture {
    /// Takes what came of it, and begins what was asked for; once a frame. What was saved is told, in a few words.
    pub fn poll(&mut self, ctx: &Context) -> Result<Option<String>> {
        if let Some(rect) =
            ctx.data_mut(|data| data.remove_temp::<Option<Rect>>(Id::unique("card to save"))).flatten()
        {
            self.take(rect, ctx);
        }
        if let Some((rect, receiver)) = self.taking.take() {
            match receiver.try_recv() {
                Ok(image) => {
                    let image = part_of(&image, rect, ctx.pixels_per_point());
                    self.choosing = Some((image, dialogs::choose(Choose::Picture, ctx)));
                }
                Err(TryRecvError::Empty) => self.taking = Some((rect, receiver)),
                Err(TryRecvError::Disconnected) => {}
            }
        }
        if let Some((image, chosen)) = finished_for(&mut self.choosing)
            && let Some(path) = chosen?
        {
            self.write(image, path, ctx);
        }
        let Some((name, written)) = finished_for(&mut self.writing) else { return Ok(None) };
        written.map(|()| Some(format!("the picture is saved in {name}")))
    }

    fn take(&mut self, rect: Rect, ctx: &Context) {
        let ((sender, receiver), waker) = (mpsc::channel(), ctx.clone());
        ctx.request_screenshot(move |image| {
            // Where the window is gone, nobody waits for it.
            let _ = sender.send(image);
            waker.request_repaint();
        });
        self.taking = Some((rect, receiver));
    }

    fn write(&mut self, image: ColorImage, path: PathBuf, ctx: &Context) {
        let path = export::with_ending(path, "png");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let task = Task::spawn("save the picture", ctx, move || {
            export::write_whole(&path, |out| write_png(&image, out))
        });
        self.writing = Some((name, task));
    }
}

/// The part of a picture of the whole window; `rect` is in points.
fn part_of(image: &ColorImage, rect: Rect, pixels_per_point: f32) -> ColorImage {
    let size = vec2(image.width() as f32, image.height() as f32) / pixels_per_point;
    image.region(&rect.intersect(Rect::from_min_size(egui::Pos2::ZERO, size)), Some(pixels_per_point))
}

fn write_png(image: &ColorImage, out: &mut dyn Write) -> io::Result<()> {
    let mut encoder = png::Encoder::new(out, image.width() as u32, image.height() as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    let bytes: Vec<u8> = image.pixels.iter().flat_map(egui::Color32::to_array).collect();
    writer.write_image_data(&bytes)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;
    use crate::app::theme::Theme;

    #[test]
    fn the_card_is_cut_out_and_reads_back() {
        let (ground, mark) = (Theme::dark().panel, Theme::dark().bad);
        let mut image = ColorImage::filled([40, 20], ground);
        image.pixels[40 * 4 + 6] = mark;
        let rect = Rect::from_min_max(pos2(3.0, 2.0), pos2(10.0, 99.0));
        let part = part_of(&image, rect, 2.0);
        assert_eq!((part.size, part.pixels[0]), ([14, 16], mark));
        let mut written = Vec::new();
        write_png(&part, &mut written).unwrap();
        let mut reader = png::Decoder::new(io::Cursor::new(written)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(
            (info.width, info.height, &pixels[..8]),
            (14, 16, &[mark.to_array(), ground.to_array()].concat()[..])
        );
    }
}
