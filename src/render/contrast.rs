//! Measures the contrast of two colours as WCAG 2 does, and finds the nearest colour with enough
//! contrast.

use lightningcss::traits::Parse;
use lightningcss::values::color::{CssColor, OKLCH, RGBA};

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour([u8; 3]);

impl Colour {
    /// Parses a CSS colour; `None` for context-dependent ones such as `currentColor`.
    pub fn parse(text: &str) -> Option<Colour> {
        Colour::of(&CssColor::parse_string(text).ok()?)
    }

    /// Parses a CSS colour, blending a translucent one with `paper`.
    pub fn parse_over(text: &str, paper: Colour) -> Option<Colour> {
        let shown = RGBA::try_from(&CssColor::parse_string(text).ok()?).ok()?;
        let alpha = f64::from(shown.alpha) / 255.0;
        let mix = |own: u8, backdrop: u8| (f64::from(own) * alpha + f64::from(backdrop) * (1.0 - alpha)).round() as u8;
        let [red, green, blue] = paper.0;
        Some(Colour([mix(shown.red, red), mix(shown.green, green), mix(shown.blue, blue)]))
    }

    fn of(colour: &CssColor) -> Option<Colour> {
        let shown = RGBA::try_from(colour).ok()?;
        Some(Colour([shown.red, shown.green, shown.blue]))
    }

    /// The contrast ratio, from 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The colour of the same hue with the nearest lightness that reaches the contrast.
    pub fn reaching(self, wanted: f64, against: Colour) -> Colour {
        if self.contrast(against) >= wanted {
            return self;
        }
        let end = if against.luminance() > 0.18 { 0.0 } else { 1.0 };
        let Ok(own) = OKLCH::try_from(&CssColor::RGBA(RGBA::new(self.0[0], self.0[1], self.0[2], 1.0))) else {
            return self;
        };
        let steps = (1..=200u16).map(|step| own.l + (end - own.l) * f32::from(step) / 200.0);
        let lighter = steps.filter_map(|l| Colour::of(&OKLCH { l, ..own }.into()));
        let extreme = if end > 0.5 { Colour([255; 3]) } else { Colour([0; 3]) };
        lighter.into_iter().find(|colour| colour.contrast(against) >= wanted).unwrap_or(extreme)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn contrast_is_what_wcag_says() {
        let ratio = |one, other| (Colour::parse(one).unwrap().contrast(Colour::parse(other).unwrap()) * 100.0).round();
        assert_eq!(ratio("black", "#fff"), 2100.0);
        assert_eq!(ratio("#777", "white"), 448.0);
        assert_eq!(ratio("rgb(255 0 0)", "hsl(0 0% 100%)"), 400.0);
        assert_eq!(Colour::parse("currentColor"), None);
        assert_eq!(Colour::parse("light-dark(red, blue)"), None);
        let white = Colour([255; 3]);
        assert_eq!(Colour::parse_over("rgb(0 0 0 / 20%)", white), Some(Colour([204; 3])));
        assert_eq!(Colour::parse_over("navy", white), Colour::parse("navy"));
        assert_eq!(Colour::parse("no colour"), None);
    }

    proptest! {
        #[test]
        fn the_nearest_colour_reaches_the_wanted_contrast(own: [u8; 3], is_dark: bool) {
            let paper = Colour::parse(if is_dark { "#17181a" } else { "#fffdf9" }).unwrap();
            let found = Colour(own).reaching(4.5, paper);
            prop_assert!(found.contrast(paper) >= 4.5, "{found}");
            prop_assert_eq!(Colour::parse(&found.to_string()), Some(found));
        }
    }
}
