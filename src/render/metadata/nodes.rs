//! Structured data as structs: fields are the properties of <https://schema.org>.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::pictures::ImageObject;

/// A borrowed or owned string.
pub(super) type NodeText<'v> = Cow<'v, str>;

/// A publisher's policies: property and absolute URL.
pub(super) type Policies = BTreeMap<&'static str, String>;

/// A node as the root of a script.
#[derive(Serialize)]
pub(super) struct RootNode<'v, T: Serialize> {
    #[serde(rename = "@context")]
    pub context: &'static str,
    #[serde(flatten)]
    pub node: &'v T,
}

/// The vocabulary.
pub(super) const CONTEXT: &str = "https://schema.org";

/// <https://schema.org/BreadcrumbList>.
#[derive(Serialize)]
pub(super) struct Breadcrumbs<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    #[serde(rename = "itemListElement")]
    pub items: Vec<Breadcrumb<'v>>,
}

/// <https://schema.org/ListItem>.
#[derive(Serialize)]
pub(super) struct Breadcrumb<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    pub position: usize,
    pub name: &'v str,
    pub item: String,
}

/// The publisher: <https://schema.org/NewsMediaOrganization>.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PublisherNode<'a> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: &'a str,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub same_as: &'a [String],
}

/// A logo: <https://schema.org/ImageObject>.
#[derive(Debug, Serialize)]
pub(super) struct Logo {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    pub url: String,
}

/// The publisher with its policies, on the front page.
#[derive(Serialize)]
pub(super) struct PublisherWithPolicies<'v> {
    #[serde(flatten)]
    pub publisher: &'v PublisherNode<'v>,
    #[serde(flatten)]
    pub policies: &'v Policies,
}

/// <https://schema.org/WebSite>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebSite<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: &'v str,
    pub url: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'v str>,
    pub in_language: &'v str,
    pub publisher: NodeReference<'v>,
}

/// A reference to a node that is described elsewhere.
#[derive(Serialize)]
pub(super) struct NodeReference<'v> {
    #[serde(rename = "@id")]
    pub id: &'v str,
}

/// The site that a page is part of.
#[derive(Serialize)]
pub(super) struct PartOf<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: &'v str,
    pub url: &'v str,
}

/// A page other than a story: <https://schema.org/WebPage> and its subtypes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebPage<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    pub name: &'v str,
    pub url: &'v str,
    pub description: &'v str,
    pub in_language: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_modified: Option<&'v str>,
    pub is_part_of: PartOf<'v>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_entity: Option<Agent<'v>>,
}

/// A person or organization: <https://schema.org/Person> or <https://schema.org/Organization>.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Agent<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: NodeText<'v>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate_name: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_title: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageObject<'v>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_as: Vec<Cow<'v, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_location: Option<NamedThing<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub works_for: Option<&'v PublisherNode<'v>>,
}

/// A thing with little more than a name.
#[derive(Serialize)]
pub(super) struct NamedThing<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    pub name: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// <https://schema.org/NewsArticle> and its subtypes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewsArticle<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_type: Option<&'static str>,
    #[serde(rename = "@id")]
    pub id: String,
    pub url: &'v str,
    pub main_entity_of_page: &'v str,
    pub headline: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternative_headline: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'v str>,
    pub date_published: &'v str,
    pub date_modified: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage_start_time: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dateline: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Vec<ImageObject<'v>>>,
    pub author: Vec<JsonLdAuthor<'v>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub editor: Vec<Agent<'v>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub translator: Vec<Agent<'v>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contributor: Vec<Agent<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_organization: Option<Agent<'v>>,
    pub publisher: &'v PublisherNode<'v>,
    pub article_section: &'v str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<&'v str>,
    pub in_language: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word_count: Option<u32>,
    pub is_accessible_for_free: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_part_of: Option<NamedThing<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub work_translation: Vec<TranslationNode<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation_of_work: Option<TranslationNode<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_based_on: Option<&'v str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub citation: Vec<NamedThing<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creative_work_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub correction: Vec<CorrectionComment<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_count: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comment: Vec<CommentNode<'v>>,
}

/// The same story in another language (<https://schema.org/workTranslation>).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TranslationNode<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    #[serde(rename = "@id")]
    pub id: String,
    pub url: &'v str,
    pub headline: &'v str,
    pub in_language: &'v str,
}

/// <https://schema.org/Comment>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommentNode<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    pub url: &'v str,
    pub text: &'v str,
    pub date_published: &'v str,
    pub author: NamedThing<'v>,
}

/// An author: a person or organization, or the publisher.
#[derive(Serialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "nearly all who sign are named")]
pub(super) enum JsonLdAuthor<'v> {
    NamedThing(Agent<'v>),
    PublisherNode(&'v PublisherNode<'v>),
}

/// <https://schema.org/CorrectionComment>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CorrectionComment<'v> {
    #[serde(rename = "@type")]
    pub kind: &'static str,
    pub text: &'v str,
    pub date_published: &'v str,
}
