//! The files of the generated sites' theme: each has a version, and shows it wherever the file is used.

use presswork::render::{OPTIONAL, REQUIRED};

/// The themes that it may extend.
pub const PARENTS: [&str; 2] = ["plain", "broadsheet"];

/// The initial files; all except the templates are used by others.
pub const FILES: &[&str] = &[
    "theme.yaml",
    "templates/part.html",
    "templates/article.html",
    "components/stamp.html",
    "embeds/box.html",
    "embeds/chart.html",
    "embeds/figure.html",
    "i18n/en.yaml",
    "i18n/de.yaml",
    "i18n/zh.yaml",
    "assets/house.css",
    "assets/_part.css",
    "assets/house.js",
    "assets/icon.svg",
];

/// Files that may be added and removed.
pub fn optional() -> Vec<String> {
    let templates =
        REQUIRED.iter().copied().chain(OPTIONAL.iter().map(|(name, _)| *name)).map(|name| format!("templates/{name}"));
    let others = ["i18n/de.yaml", "i18n/zh.yaml", "i18n/fr.yaml", "assets/more.css", "assets/more.js"];
    templates.chain(others.map(str::to_owned)).collect()
}

/// A file of the theme, by its path below the theme's folder.
pub fn file(path: &str, version: u32, parent: &str) -> String {
    let v = version;
    match path {
        "theme.yaml" => {
            // Generated pictures are up to 40 pixels wide.
            let pictures = format!(
                "pictures:\n  lead: {{widths: [16, {}]}}\n  card: {{ratio: \"1:1\", widths: [16], formats: [jpeg]}}\n  \
                 inline: {{widths: [20]}}\n  portrait: {{ratio: \"1:1\", widths: [{}], formats: [jpeg]}}\n",
                24 + v % 3,
                16 + v % 2
            );
            let pictures = if v % 5 == 4 { String::new() } else { pictures };
            format!("name: house\nextends: {parent}\nversion: \"{v}\"\nmetadata: {}\n{pictures}", v % 4 != 3)
        }
        "templates/part.html" => {
            format!("<p>part {v} {{{{ page.title }}}} {{{{ t | get(key=\"house\", default=\"\") }}}}</p>\n")
        }
        "components/stamp.html" => format!(
            "{{% component stamp(n: integer, @t) -%}}\n<i>stamp {v} {{{{ n }}}} {{{{ t | get(key=\"house\", \
             default=\"\") }}}}</i>\n{{%- endcomponent stamp %}}\n"
        ),
        "embeds/box.html" => format!(
            "{{% component box(title: string = \"\", @t, @language) -%}}\n<div>box {v} {{{{ title }}}} \
             {{{{ language }}}} {{{{ t | get(key=\"house\", default=\"\") }}}} {{{{ <stamp n={{1}} /> }}}}\
             {{{{ body | safe }}}}</div>\n{{%- endcomponent box %}}\n"
        ),
        "embeds/chart.html" => format!(
            "{{% component chart(src: string, width: integer = 0, height: integer = 0, @site, @assets) -%}}\n\
             <img src=\"{{{{ src }}}}\" width=\"{{{{ width }}}}\" height=\"{{{{ height }}}}\" alt=\"chart {v} \
             {{{{ site.title }}}} {{{{ assets[\"house.css\"] }}}}\">\n{{%- endcomponent chart %}}\n"
        ),
        "embeds/figure.html" => format!(
            "{{% component figure(src: string, alt: string, caption: string = \"\", credit: string = \"\", \
             srcset: string = \"\", webp: string = \"\") -%}}\n<figure><img src=\"{{{{ src }}}}\" srcset=\"{{{{ webp or srcset }}}}\" \
             alt=\"{{{{ alt }}}}\">figure {v} {{{{ caption }}}}</figure>\n\
             {{%- endcomponent figure %}}\n"
        ),
        "assets/house.css" => {
            format!("@import \"_part.css\";\n.house {{ background: url(icon.svg); order: {v} }}\n")
        }
        "assets/icon.svg" => format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{v}\" height=\"{v}\"/>\n"),
        _ => by_folder(path, v, parent),
    }
}

fn by_folder(path: &str, v: u32, parent: &str) -> String {
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    match (folder, path.rsplit_once('.').map_or("", |(_, ending)| ending)) {
        ("templates", _) => {
            let boom = if name == "article.html" { BOOM } else { "" };
            let shown: String = variables(name).iter().map(|name| format!("<pre>{{{{ {name} }}}}</pre>\n")).collect();
            format!(
                "{{% extends \"{parent}/{name}\" %}}\n{{% block main %}}{{{{ super() }}}}{boom}\n{{% include \
                 \"part.html\" %}}{{{{ <stamp n={{{v}}} /> }}}}\n{shown}{{% endblock main %}}\n"
            )
        }
        ("i18n", _) => format!(
            "house: Word {v} of {name}\nbyline: \"{v} {{names}}\"\nlatest: Latest {v}\nstaff: Staff\nseries: Series {v}\n\
             archive: Archive\nnot_found: Nothing {v}\nrole_photography: Photos {v}\n"
        ),
        (_, "css") => format!(".{} {{ order: {v} }}\n", name.trim_end_matches(".css")),
        _ => format!("version({v})\n"),
    }
}

/// The parts of the view that a template shows: all of them.
fn variables(template: &str) -> Vec<&'static str> {
    let own: &[&str] = match template.trim_end_matches(".html") {
        "front" => &["front"],
        "article" => &["article"],
        "page" => &["content"],
        "section" => &["section", "listing"],
        "author" => &["author", "listing"],
        "term" => &["term", "listing"],
        "terms" => &["taxonomy"],
        "series" => &["series"],
        "latest" => &["listing"],
        "corrections" => &["corrections"],
        "staff" => &["authors"],
        "archive" => &["archive"],
        "month" => &["month"],
        _ => &[],
    };
    [&["site", "page", "t", "assets"], own].concat()
}

/// A story with this kicker has a page that cannot be rendered.
pub const FATAL_KICKER: &str = "Boom";
const BOOM: &str = "{% if article.kicker == \"Boom\" %}{{ article.nothing_of_this_name }}{% endif %}";
