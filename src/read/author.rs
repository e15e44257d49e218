//! Reads `content/authors/<id>.md`.

use crate::author::{Author, AuthorFront, profile_url};
use crate::content_path::AUTHORS;
use crate::diagnostic::Code;

use super::FileReader;
use super::front_matter::FrontMatter;

impl FileReader<'_> {
    /// Reads an author's file.
    pub(super) fn author(&mut self) -> Option<Author> {
        let front_matter = self.split()?;
        let mut front: AuthorFront = self.parse(&front_matter)?;
        self.check_language(&front_matter, &mut front.language);
        front.print(self.quotes(front.language.as_deref()).as_ref());
        if front.name.trim().is_empty() && !self.is_faulty("name") {
            self.report(&front_matter, Code::InvalidValue, "name", "", "the name is empty".to_owned(), None);
        }
        let texts = [("role", &front.role), ("short_bio", &front.short_bio), ("location", &front.location)];
        self.check_markup(&front_matter, [("name", Some(front.name.as_str()))]);
        self.check_markup(&front_matter, texts.map(|(key, text)| (key, text.as_deref())));
        // An invalid URL is reported once, and not looked up as a file.
        if !self.check_urls(&front_matter, "url", front.url.as_deref()) {
            front.url = None;
        }
        self.check_email(&front_matter, &front);
        self.check_focus(&front_matter, front.image.as_ref().and_then(|image| image.0.focus.as_deref()));
        self.check_publish(&front_matter, &mut front.publish.0);
        self.expand_links(&front_matter, &mut front);
        let path = self.settings.editions.of(self.path).original;
        let id = path.strip_prefix(AUTHORS).unwrap_or(&path).trim_end_matches(".md").to_owned();
        let name = id.rsplit('/').next().unwrap_or(&id).to_owned();
        front.slug = Some(self.slug(&front_matter, front.slug.as_deref(), &name));
        let until = self.check_blocks(&front_matter, &front.blocks);
        let (body, _) = self.body(&front_matter, true, front.language.as_deref());
        Some(Author { id, source: self.path.to_owned(), front, until, body, digest: self.digest() })
    }

    fn check_email(&mut self, front_matter: &FrontMatter<'_>, front: &AuthorFront) {
        let Some(email) = &front.email else { return };
        let has_shape = email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
        if !has_shape
            || email.contains([' ', '<', '>', '"', ',', '?', '&', ':', '/'])
            || email.chars().any(char::is_control)
        {
            let message = format!("`{}` is not an e-mail address", email.escape_debug());
            self.report(front_matter, Code::InvalidValue, "email", email, message, None);
        }
    }

    fn expand_links(&mut self, front_matter: &FrontMatter<'_>, front: &mut AuthorFront) {
        for (service, value) in &front.links.0 {
            if profile_url(service, value).is_none() {
                let message = format!("`{}` is not a profile URL or name at {service}", value.escape_debug());
                let hint = match service.as_str() {
                    "mastodon" | "fediverse" => "write @name@host, or the profile's URL",
                    _ => "write the profile's URL, or a handle of a service that is known",
                };
                self.report(front_matter, Code::InvalidValue, "links", service, message, Some(hint.to_owned()));
            }
        }
    }
}
