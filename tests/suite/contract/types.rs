//! The types of the view contract as template authors see them, and templates that check them.

/// The type of a value in templates.
pub enum Type {
    Text,
    Number,
    Truth,
    Anything,
    List(Box<Type>),
    Map(Box<Type>),
    Maybe(Box<Type>),
    View(String),
}

impl Type {
    /// Reads a Rust type as `stringify!` writes it.
    pub fn parse(rust: &str) -> Type {
        let text: String = rust.split_whitespace().collect::<Vec<_>>().join("").replace("'a", "");
        let text = text.trim_start_matches('&');
        let inside = |outer: &str| text.strip_prefix(outer)?.strip_prefix('<')?.strip_suffix('>');
        if let Some(inner) = inside("Shown") {
            return Type::parse(inner);
        }
        if let Some(inner) = inside("Option") {
            return Type::Maybe(Box::new(Type::parse(inner)));
        }
        if let Some(inner) = inside("Vec").or_else(|| text.strip_prefix('[')?.strip_suffix(']')) {
            return Type::List(Box::new(Type::parse(inner)));
        }
        if let Some((_, value)) = inside("BTreeMap").and_then(|inner| inner.split_once(',')) {
            return Type::Map(Box::new(Type::parse(value)));
        }
        match text {
            "str" | "String" | "Cow<,str>" => Type::Text,
            "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64" | "usize" | "f64" => Type::Number,
            "bool" => Type::Truth,
            "Value" => Type::Anything,
            view => Type::View(view.trim_end_matches("<>").to_owned()),
        }
    }

    /// The type in words, with links from views to their tables.
    pub fn shown(&self) -> String {
        match self {
            Type::Text => "text".to_owned(),
            Type::Number => "number".to_owned(),
            Type::Truth => "true or false".to_owned(),
            Type::Anything => "anything".to_owned(),
            Type::List(inner) => format!("list of {}", inner.shown()),
            Type::Map(inner) if matches!(**inner, Type::Anything) => "map".to_owned(),
            Type::Map(inner) => format!("map of {}", inner.shown()),
            Type::Maybe(inner) => format!("{} or none", inner.shown()),
            Type::View(name) => {
                let title = words(name.trim_end_matches("View"));
                format!("[{}](#{})", title.to_lowercase(), title.to_lowercase().replace(' ', "-"))
            }
        }
    }

    /// Template text that prints `is: LABEL` if `value` is of this type and not empty, and `is not: LABEL` if it is of
    /// another type; rendering fails if `value` is missing.
    pub fn probe(&self, value: &str, label: &str, depth: usize) -> String {
        let tested = |test: &str, more: &str| {
            format!("{{% if {value} is {test} %}}\nis: {label}\n{more}{{% else %}}\nis not: {label}\n{{% endif %}}\n")
        };
        let element = format!("e{depth}");
        match self {
            Type::Text => tested("string", ""),
            Type::Number => tested("integer", ""),
            Type::Truth => tested("bool", ""),
            Type::Anything => format!("is: {label}\n"),
            Type::Maybe(inner) => {
                format!("{{% if not ({value} is none) %}}\n{}{{% endif %}}\n", inner.probe(value, label, depth))
            }
            Type::List(inner) => {
                let each = inner.probe(&element, label, depth + 1);
                let each = format!("{{% for {element} in {value} %}}\n{each}{{% endfor %}}\n");
                format!("{{% if {value} is array %}}\n{each}{{% else %}}\nis not: {label}\n{{% endif %}}\n")
            }
            Type::Map(inner) => {
                let each = inner.probe(&element, label, depth + 1);
                let each = format!("{{% for key{depth}, {element} in {value} %}}\n{each}{{% endfor %}}\n");
                format!("{{% if {value} is map %}}\n{each}{{% else %}}\nis not: {label}\n{{% endif %}}\n")
            }
            Type::View(name) => {
                let component = words(name).to_lowercase().replace(' ', "_");
                tested("map", &format!("{{{{ <{component} v={{{value}}} /> }}}}\n"))
            }
        }
    }
}

/// `ArticleSeries` becomes `Article series`.
pub fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

/// The names of the variables that Tera's `{{ __tera_context }}` lists: the keys of the outermost braces.
pub fn keys(dump: &str) -> std::collections::BTreeSet<&str> {
    let mut keys = std::collections::BTreeSet::new();
    let (mut depth, mut begun, mut escaped) = (0, None, false);
    for (at, letter) in dump.char_indices() {
        match (letter, begun) {
            _ if escaped => escaped = false,
            ('\\', Some(_)) => escaped = true,
            ('"', None) => begun = Some(at + 1),
            ('"', Some(start)) => {
                begun = None;
                if depth == 1 && dump[at + 1..].starts_with(':') {
                    keys.insert(&dump[start..at]);
                }
            }
            ('{' | '[', None) => depth += 1,
            ('}' | ']', None) => depth -= 1,
            _ => {}
        }
    }
    keys
}
