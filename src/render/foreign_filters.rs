//! The filters of Liquid, Jinja, Twig and Nunjucks that templates here write in another way.

/// The names of filters, and what to write here.
const FOREIGN: &[(&[&str], &str)] = &[
    (&["upcase", "uppercase", "toupper"], "it is called `upper` here"),
    (&["downcase", "lowercase", "tolower"], "it is called `lower` here"),
    (&["size", "count", "len"], "it is called `length` here"),
    (&["strip", "trimmed"], "it is called `trim` here"),
    (&["lstrip", "triml"], "it is called `trim_start` here"),
    (&["rstrip", "trimr"], "it is called `trim_end` here"),
    (&["raw", "html_safe", "safe_html", "noescape"], "it is called `safe` here"),
    (&["e", "h", "force_escape", "htmlescape"], "templates escape by themselves; otherwise it is called `escape`"),
    (&["url_encode", "uri_escape", "cgi_escape", "encodeuricomponent"], "it is called `urlencode` here"),
    (&["nl2br", "newline_to_br", "linebreaksbr", "linebreaks"], "it is called `newlines_to_br` here"),
    (&["uniq"], "it is called `unique` here"),
    (&["sort_by", "sort_natural", "dictsort", "sortby"], "it is called `sort(attribute=…)` here"),
    (&["group", "groupby"], "it is called `group_by(attribute=…)` here"),
    (&["titlecase", "title_case"], "it is called `title` here"),
    (&["truncatewords", "truncate_words", "truncatechars", "shorten"], "it is called `truncate(length=…)` here"),
    (&["string", "to_string", "tostring"], "it is called `str` here"),
    (&["number_format", "numberformat", "format_number", "number_with_delimiter"], "it is called `number` here"),
    (
        &["date", "strftime", "date_format", "format_date", "dateformat", "date_to_string", "datetime"],
        "dates are written in the page’s language already: print `.day`, `.short`, `.time` or `.iso`",
    ),
    (
        &["where", "where_exp", "filter", "select", "selectattr", "reject", "rejectattr", "find"],
        "write a list: `[story for story in stories if story.image]`",
    ),
    (&["map", "pluck", "column"], "write a list: `[story.title for story in stories]`"),
    (&["slice", "limit", "take", "offset", "batch"], "write a part of a list: `stories[:3]`"),
    (&["append", "prepend", "concat", "merge"], "write `a ~ b` for texts, `[...a, ...b]` for lists"),
    (&["plus", "minus", "times", "divided_by", "modulo"], "write `+`, `-`, `*`, `/`, `//` or `%`"),
    (&["markdown", "markdownify", "md"], "texts are HTML already: print `article.body | safe`"),
    (&["asset_url", "asset", "stylesheet_tag", "fingerprint"], "write `assets[\"css/site.css\"]`"),
    (&["absolute_url", "abs_url", "permalink", "relative_url", "url"], "views have URLs: print `.path` or `.url`"),
    (&["strip_html", "striptags", "plainify"], "print a field without HTML, such as `article.summary`"),
    (&["t", "i18n", "translate", "trans"], "write `t.key` for a string of `i18n/`"),
];

/// Returns what to write for a filter of another template language.
pub(super) fn hint(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    FOREIGN.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::filters::engine;

    #[test]
    fn no_filter_here_has_a_name_that_is_explained_as_foreign() {
        for name in FOREIGN.iter().flat_map(|(names, _)| *names) {
            let loaded = engine().add_raw_template("a.html", &format!("{{{{ \"\" | {name} }}}}"));
            assert!(loaded.is_err(), "{name}");
            assert!(hint(name).is_some());
        }
    }
}
