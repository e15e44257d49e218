//! Recognizes `style` attributes that hide their element from readers.
//!
//! Only the attribute itself is read: a class may hide an element too, but that is up to the theme.

use std::borrow::Cow;

/// The number of declarations that are read; nobody writes more.
const MAX_DECLARATIONS: usize = 500;
/// The distance, in pixels, at which text is meant to be outside the screen, to the left or above.
const BEFORE_SCREEN: f64 = -900.0;
/// The same to the right, where a page may really be as wide as a few screens.
const BEYOND_SCREEN: f64 = 5_000.0;
/// Text is invisible with this share of its color or less.
const LEAST_OPACITY: f64 = 0.05;
/// Text of this many pixels or less can't be read.
const LEAST_SIZE: f64 = 2.0;

/// The part of an element that a style hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hiding {
    /// All of it, with everything in it.
    Element,
    /// Its text, by properties that elements in it inherit and may set again.
    Text(TextProperties),
}

/// Inherited properties that can hide text, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TextProperties(u8);

impl TextProperties {
    pub const VISIBILITY: TextProperties = TextProperties(1);
    const SIZE: TextProperties = TextProperties(2);
    const COLOR: TextProperties = TextProperties(4);

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True if all properties of the other set are in this one.
    pub fn has(self, other: TextProperties) -> bool {
        self.0 & other.0 == other.0
    }

    pub fn with(self, other: TextProperties) -> TextProperties {
        TextProperties(self.0 | other.0)
    }

    pub fn without(self, other: TextProperties) -> TextProperties {
        TextProperties(self.0 & !other.0)
    }

    fn of(name: &str) -> TextProperties {
        match name {
            "visibility" => TextProperties::VISIBILITY,
            "font-size" | "font" => TextProperties::SIZE,
            "color" | "-webkit-text-fill-color" => TextProperties::COLOR,
            _ => TextProperties::default(),
        }
    }
}

/// True if the declarations of a `style` attribute hide the element or its text, from everyone or from those who see
/// the screen: text for screen readers alone is not what the page shows.
pub fn hides(style: &str) -> bool {
    hiding(style).is_some()
}

/// The part of an element that the declarations of its `style` attribute hide.
pub(super) fn hiding(style: &str) -> Option<Hiding> {
    let text = plain(style);
    let declared = declarations(&text);
    let style = InlineStyle(&declared);
    let mut of_text = TextProperties::default();
    for &(name, _) in declared.iter().filter(|(name, value)| style.is_hiding(name, value)) {
        match TextProperties::of(name) {
            property if property.is_empty() => return Some(Hiding::Element),
            property => of_text = of_text.with(property),
        }
    }
    match style.is_cut_off() {
        true => Some(Hiding::Element),
        false => Some(Hiding::Text(of_text)).filter(|_| !of_text.is_empty()),
    }
}

/// The properties with which a `style` attribute shows the text of its element, whatever it would inherit.
pub(super) fn showing(style: &str) -> TextProperties {
    let text = plain(style);
    let declared = declarations(&text);
    let style = InlineStyle(&declared);
    let keeps = |value: &str| matches!(value, "inherit" | "unset" | "revert" | "currentcolor") || value.contains('%');
    // A size in `em` is one of nothing.
    let is_relative = |value: &str| value.ends_with("em") && !value.ends_with("rem");
    let shown =
        declared.iter().filter(|(name, value)| !keeps(value) && !is_relative(value) && !style.is_hiding(name, value));
    shown.fold(TextProperties::default(), |found, (name, _)| found.with(TextProperties::of(name)))
}

/// A style in lower case, without comments and with its escapes decoded.
fn plain(style: &str) -> String {
    let style = without_comments(style);
    let style = if style.contains('\\') { Cow::Owned(without_escapes(&style)) } else { style };
    style.to_ascii_lowercase()
}

/// The declarations that count, by the cascade: of several for a property the last one, or the last that is important.
fn declarations(style: &str) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, &str, bool)> = Vec::new();
    for declaration in style.split(';').take(MAX_DECLARATIONS) {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let (name, (value, mark)) = (name.trim(), value.split_once('!').unwrap_or((value, "")));
        let is_important = mark.trim() == "important";
        let is_same = |other: &str| other == name || name == "font" && other == "font-size";
        let (last, overrules) =
            (found.iter().rposition(|(other, ..)| is_same(other)), |&(_, _, important): &(_, _, bool)| {
                important && !is_important
            });
        match last {
            Some(at) if found.get(at).is_some_and(overrules) => {}
            Some(at) => found[at] = (name, value.trim(), is_important),
            None => found.push((name, value.trim(), is_important)),
        }
    }
    found.into_iter().map(|(name, value, _)| (name, value)).collect()
}

/// A style with its escapes decoded, such as `d\69splay` (CSS Syntax 3, section 4.3.7).
fn without_escapes(style: &str) -> String {
    let mut pieces = style.split('\\');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let (code, rest) = piece.split_at(digits);
        match u32::from_str_radix(code, 16).ok().and_then(char::from_u32) {
            Some(letter) => out.extend([letter.to_string().as_str(), rest.strip_prefix(' ').unwrap_or(rest)]),
            None => out.push_str(piece),
        }
    }
    out
}

/// A style without comments. One that doesn't end takes the rest with it (CSS Syntax 3, section 4.3.2).
fn without_comments(style: &str) -> Cow<'_, str> {
    if memchr::memmem::find(style.as_bytes(), b"/*").is_none() {
        return Cow::Borrowed(style);
    }
    let mut pieces = style.split("/*");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    out.extend(pieces.filter_map(|piece| piece.split_once("*/").map(|(_, after)| after)));
    Cow::Owned(out)
}

/// The declarations of a `style` attribute, in lower case.
struct InlineStyle<'s>(&'s [(&'s str, &'s str)]);

impl InlineStyle<'_> {
    /// The value of a property.
    fn value(&self, wanted: &str) -> Option<&str> {
        self.0.iter().rev().find(|(name, _)| *name == wanted).map(|(_, value)| *value)
    }

    /// True if a declaration hides the element by itself, or with one that belongs to it.
    fn is_hiding(&self, name: &str, value: &str) -> bool {
        match name {
            "display" => value == "none",
            "visibility" => matches!(value, "hidden" | "collapse"),
            "content-visibility" => value == "hidden",
            "mso-hide" => value == "all",
            "opacity" => is_faint(value),
            "font-size" => pixels(value).is_some_and(|size| size <= LEAST_SIZE),
            "font" => value.split([' ', '/']).any(|word| measure(word).is_some_and(|(number, _)| number == 0.0)),
            "color" | "-webkit-text-fill-color" => !self.is_filled_by_background() && self.is_colorless(value),
            "left" | "right" | "top" | "bottom" | "inset" => {
                self.is_moved() && value.split(' ').any(is_far) || self.is_positioned() && is_percentage(value, -100.0)
            }
            "translate" | "letter-spacing" => value.split(' ').any(is_far),
            "text-indent" => is_far(value) || self.cuts_overflow() && is_hundred_percent(value),
            // With a padding as large, only the background reaches that far.
            "margin" | "margin-left" | "margin-top" => !self.has_padding() && value.split(' ').any(is_far),
            _ if name.starts_with("inset-") => self.is_moved() && value.split(' ').any(is_far),
            "margin-inline-start" | "margin-block-start" => !self.has_padding() && is_far(value),
            "clip" if !self.is_positioned() => false,
            "clip" | "clip-path" | "-webkit-clip-path" => functions(value).any(|(name, given)| clips(name, &given)),
            "transform" | "-webkit-transform" => functions(value).any(|(name, given)| moves_away(name, &given)),
            "scale" => value.split(' ').any(is_zero),
            "filter" | "-webkit-filter" => {
                functions(value).any(|(name, given)| name == "opacity" && given.iter().any(|value| is_faint(value)))
            }
            _ => false,
        }
    }

    /// True if the box is too small for its text, and what is outside it is cut off. A frame with a
    /// padding keeps the shape of a video in such a box.
    fn is_cut_off(&self) -> bool {
        let at_most = |names: [&str; 4], most: f64| {
            names.iter().filter_map(|name| self.value(name)).any(|value| pixels(value).is_some_and(|size| size <= most))
        };
        let widths = ["width", "max-width", "inline-size", "max-inline-size"];
        let heights = ["height", "max-height", "block-size", "max-block-size"];
        let is_tiny = at_most(widths, 1.0) || at_most(heights, 1.0);
        is_tiny && self.cuts_overflow() && !self.has_padding()
    }

    fn cuts_overflow(&self) -> bool {
        ["overflow", "overflow-x", "overflow-y"]
            .into_iter()
            .filter_map(|name| self.value(name))
            .any(|value| value.split(' ').any(|word| matches!(word, "hidden" | "clip" | "auto" | "scroll")))
    }

    fn has_padding(&self) -> bool {
        let paddings = self.0.iter().filter(|(name, _)| name.starts_with("padding"));
        paddings.flat_map(|(_, value)| value.split(' ')).any(|value| !value.is_empty() && !is_zero(value))
    }

    fn is_positioned(&self) -> bool {
        matches!(self.value("position"), Some("absolute" | "fixed"))
    }

    /// True if the box can be moved by its edges (CSS Positioned Layout 3, section 3).
    fn is_moved(&self) -> bool {
        matches!(self.value("position"), Some("absolute" | "fixed" | "relative" | "sticky"))
    }

    /// True if text without a color shows the background in the shape of its letters.
    fn is_filled_by_background(&self) -> bool {
        ["background-clip", "-webkit-background-clip"].into_iter().any(|name| self.value(name) == Some("text"))
    }

    /// True for a transparent color, or that of the element's own background.
    fn is_colorless(&self, color: &str) -> bool {
        let background = || self.value("background-color").or_else(|| self.value("background"));
        let is_named = !matches!(color, "inherit" | "initial" | "unset" | "revert" | "revert-layer" | "currentcolor");
        is_transparent(color) || is_named && background().is_some_and(|other| known_color(other) == known_color(color))
    }
}

/// Splits a number from its unit. Of a sum it reads the first part.
fn measure(value: &str) -> Option<(f64, &str)> {
    let value = value.strip_prefix("calc(").map_or(value, |sum| sum.trim_end_matches(')').trim());
    let end = value.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | '+' | '-')));
    let (number, unit) = value.split_at(end.unwrap_or(value.len()));
    Some((number.parse().ok()?, unit.split(' ').next().unwrap_or_default()))
}

/// A length in pixels, about: the size of letters and windows is not known here.
fn pixels(value: &str) -> Option<f64> {
    let (number, unit) = measure(value)?;
    let size = match unit {
        "em" | "rem" | "ic" | "lh" | "rlh" | "pc" => 16.0,
        "ch" | "ex" => 8.0,
        "vw" | "vh" | "vi" | "vb" | "vmin" | "vmax" => 10.0,
        "svw" | "svh" | "lvw" | "lvh" | "dvw" | "dvh" | "cqw" | "cqh" => 10.0,
        "in" => 96.0,
        "cm" => 38.0,
        "mm" => 3.8,
        _ => 1.0,
    };
    Some(number * size)
}

fn is_zero(value: &str) -> bool {
    measure(value).is_some_and(|(number, _)| number == 0.0)
}

/// True for a length that moves text out of the screen.
fn is_far(value: &str) -> bool {
    pixels(value).is_some_and(|length| length <= BEFORE_SCREEN || length >= BEYOND_SCREEN)
}

fn is_percentage(value: &str, most: f64) -> bool {
    measure(value).is_some_and(|(number, unit)| unit == "%" && number <= most)
}

fn is_hundred_percent(value: &str) -> bool {
    value.split(' ').any(|word| measure(word).is_some_and(|(number, unit)| unit == "%" && number.abs() >= 100.0))
}

/// True for an opacity, as a number or percentage, with which nothing can be seen.
fn is_faint(value: &str) -> bool {
    measure(value).is_some_and(|(number, unit)| number / if unit == "%" { 100.0 } else { 1.0 } <= LEAST_OPACITY)
}

/// The functions of a value with their arguments: `translate(0, 2px) scale(2)`.
fn functions(value: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    value.split(')').filter_map(|function| {
        let (name, arguments) = function.split_once('(')?;
        Some((name.trim(), arguments.split([',', ' ', '/']).filter(|argument| !argument.is_empty()).collect()))
    })
}

/// True if a color has no opacity. It is the fourth value of a color function, or follows a slash.
fn is_transparent(color: &str) -> bool {
    let digits = color.strip_prefix('#').unwrap_or_default();
    color == "transparent"
        || digits.len() == 4 && digits.ends_with('0')
        || digits.len() == 8 && digits.ends_with("00")
        || functions(color).any(|(name, given)| {
            let opacity = if name == "color" { 4 } else { 3 };
            given.get(opacity).is_some_and(|value| is_faint(value))
        })
}

/// One way to write a color that has several.
fn known_color(color: &str) -> &str {
    match color {
        "white" | "#ffffff" => "#fff",
        "black" | "#000000" => "#000",
        color => color,
    }
}

/// True if a function of `clip` or `clip-path` leaves nothing to see.
fn clips(name: &str, given: &[&str]) -> bool {
    let given: Vec<&str> = given.iter().copied().take_while(|word| !matches!(*word, "round" | "at")).collect();
    // One value stands for all four sides, two for opposite ones.
    let side = |number: usize| given.get(number).or_else(|| given.get(number % 2)).or(given.first()).copied();
    let distance = |number: usize| side(number).and_then(measure);
    let is_between = |start: usize, end: usize, covers: fn((f64, &str), (f64, &str)) -> bool| {
        distance(start).zip(distance(end)).is_some_and(|(start, end)| covers(start, end))
    };
    match name {
        // The sides are measured from the left and from the top.
        "rect" => [(3, 1), (0, 2)].into_iter().any(|(start, end)| {
            is_between(start, end, |a, b| b.0 - a.0 <= if matches!(b.1, "" | "px") { 1.0 } else { 0.0 })
        }),
        "inset" => [(3, 1), (0, 2)].into_iter().any(|(start, end)| {
            is_between(start, end, |a, b| {
                let is_share = [a, b].iter().all(|(number, unit)| *unit == "%" || *number == 0.0);
                a.0 + b.0 >= if is_share { 100.0 } else { BEYOND_SCREEN }
            })
        }),
        "circle" | "ellipse" => given.iter().any(|value| is_zero(value)),
        "polygon" => {
            let numbers = || given.iter().filter(|value| measure(value).is_some());
            let is_line = |from: usize| {
                let mut along = numbers().skip(from).step_by(2);
                along.next().is_some_and(|first| along.all(|other| measure(other) == measure(first)))
            };
            is_line(0) || is_line(1)
        }
        "xywh" => given.iter().skip(2).take(2).any(|value| is_zero(value)),
        _ => false,
    }
}

/// True if a function of `transform` makes the element infinitely thin, or moves it out of the screen.
fn moves_away(name: &str, given: &[&str]) -> bool {
    let number = |at: usize| given.get(at).and_then(|value| measure(value)).map(|(number, _)| number);
    match name {
        "scale" | "scalex" | "scaley" => given.iter().any(|value| is_zero(value)),
        "scale3d" => given.iter().take(2).any(|value| is_zero(value)),
        "matrix" => (0..4).filter_map(number).eq([0.0; 4]),
        "rotatex" | "rotatey" => given.iter().any(|value| matches!(*value, "90deg" | "-90deg" | "270deg" | "0.25turn")),
        "translate" | "translatex" | "translatey" | "translate3d" => given.iter().any(|value| is_far(value)),
        _ => false,
    }
}
