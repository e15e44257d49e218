//! The items of an export file with the fields that an import needs.

use crate::import::xml_stream::XmlElement;

/// A post, page, attachment or anything else that WordPress keeps as a post.
#[derive(Debug, Clone, Default)]
pub(super) struct WxrItem {
    pub id: u64,
    /// `post`, `page`, `attachment` or a type of a plugin.
    pub kind: String,
    pub title: String,
    pub link: String,
    pub guid: String,
    /// The login of the author.
    pub creator: String,
    pub content: String,
    pub excerpt: String,
    /// The publication as RFC 2822 writes it.
    pub published: String,
    pub date: String,
    pub date_gmt: String,
    pub modified: String,
    pub modified_gmt: String,
    pub comment_status: String,
    pub slug: String,
    pub status: String,
    pub parent: u64,
    pub order: i64,
    pub has_password: bool,
    pub is_sticky: bool,
    pub attachment_url: String,
    pub terms: Vec<WxrTerm>,
    pub meta: Vec<(String, String)>,
    pub comments: Vec<WxrComment>,
}

/// A term of a post.
#[derive(Debug, Clone)]
pub(super) struct WxrTerm {
    /// The taxonomy.
    pub domain: String,
    pub slug: String,
    pub name: String,
}

/// A comment of a reader. E-mail addresses and IP addresses aren't even read.
#[derive(Debug, Clone)]
pub(super) struct WxrComment {
    pub id: String,
    pub parent: String,
    pub author: String,
    /// The site of the writer.
    pub url: String,
    /// The id of the user who wrote it; 0 for readers.
    pub user: String,
    pub date: String,
    pub date_gmt: String,
    pub content: String,
    pub kind: String,
    pub is_approved: bool,
}

impl WxrItem {
    /// Reads an `<item>`.
    pub fn read(element: XmlElement) -> WxrItem {
        let mut item = WxrItem::default();
        for child in element.children {
            let XmlElement { name, attributes: _, text, children } = &child;
            let short = || text.trim().to_owned();
            match name.as_str() {
                "title" => item.title = short(),
                "link" => item.link = short(),
                "guid" => item.guid = short(),
                "pubDate" => item.published = short(),
                "dc:creator" => item.creator = short(),
                "content:encoded" => item.content = child.text,
                "excerpt:encoded" => item.excerpt = short(),
                "wp:post_id" => item.id = text.trim().parse().unwrap_or_default(),
                "wp:post_type" => item.kind = short(),
                "wp:post_date" => item.date = short(),
                "wp:post_date_gmt" => item.date_gmt = short(),
                "wp:post_modified" => item.modified = short(),
                "wp:post_modified_gmt" => item.modified_gmt = short(),
                "wp:comment_status" => item.comment_status = short(),
                "wp:post_name" => item.slug = short(),
                "wp:status" => item.status = short(),
                "wp:post_parent" => item.parent = text.trim().parse().unwrap_or_default(),
                "wp:menu_order" => item.order = text.trim().parse().unwrap_or_default(),
                "wp:post_password" => item.has_password = !text.trim().is_empty(),
                "wp:is_sticky" => item.is_sticky = text.trim() == "1",
                "wp:attachment_url" => item.attachment_url = short(),
                "category" => item.terms.extend(term(&child)),
                "wp:postmeta" if !children.is_empty() => {
                    item.meta.push((child.get("wp:meta_key").to_owned(), child.get("wp:meta_value").to_owned()));
                }
                "wp:comment" => item.comments.push(comment(&child)),
                _ => {}
            }
        }
        item
    }

    /// The value of a field that isn't empty.
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta.iter().find(|(name, value)| name == key && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All values of a field.
    pub fn metas<'i>(&'i self, key: &'i str) -> impl Iterator<Item = &'i str> {
        self.meta.iter().filter(move |(name, value)| name == key && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The terms of a taxonomy.
    pub fn terms_of<'i>(&'i self, domain: &'i str) -> impl Iterator<Item = &'i WxrTerm> {
        self.terms.iter().filter(move |term| term.domain == domain)
    }

    /// The id of the item in the survey. Items that have none, as in files written by hand, have one of their contents.
    pub fn key(&self) -> String {
        if self.id > 0 {
            return format!("{}-{}", self.kind, self.id);
        }
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        for part in [&self.link, &self.guid, &self.slug, &self.title, &self.date, &self.content] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        format!("{}-{:016x}", self.kind, hasher.digest())
    }

    /// The hash of the id for feeds.
    pub fn guid_hash(&self) -> u64 {
        xxhash_rust::xxh3::xxh3_64(self.guid.as_bytes())
    }

    /// The hash of the id in the survey.
    pub fn key_hash(&self) -> u64 {
        xxhash_rust::xxh3::xxh3_64(self.key().as_bytes())
    }
}

/// A term. Exports before WordPress 2.5 name each twice, once without a slug.
fn term(element: &XmlElement) -> Option<WxrTerm> {
    let name = crate::import::html::plain_text(&element.text);
    let domain = match element.attribute("domain") {
        "" => "category",
        "tag" => "post_tag",
        domain => domain,
    };
    let slug = element.attribute("nicename");
    (!slug.is_empty() && !name.is_empty()).then(|| WxrTerm { domain: domain.to_owned(), slug: slug.to_owned(), name })
}

fn comment(element: &XmlElement) -> WxrComment {
    let text = |name: &str| element.get(name).to_owned();
    WxrComment {
        id: text("wp:comment_id"),
        parent: text("wp:comment_parent"),
        author: text("wp:comment_author"),
        url: text("wp:comment_author_url"),
        user: text("wp:comment_user_id"),
        date: text("wp:comment_date"),
        date_gmt: text("wp:comment_date_gmt"),
        content: text("wp:comment_content"),
        kind: text("wp:comment_type"),
        is_approved: element.get("wp:comment_approved") == "1",
    }
}
