//! Maps the publisher's policies in `site.yaml` to properties of schema.org.

/// The property of <https://schema.org/NewsMediaOrganization> for a policy of `site.yaml`. The
/// property's own name works too, in any case. `None` for policies that schema.org doesn't know, such as
/// terms of use.
pub(super) fn property(policy: &str) -> Option<&'static str> {
    let name = policy.to_lowercase().replace([' ', '_'], "-");
    let known = NAMES.iter().find(|(property, names)| {
        names.contains(&name.as_str()) || property.eq_ignore_ascii_case(&name.replace('-', ""))
    });
    known.map(|(property, _)| *property)
}

/// The properties, each with the names that people use.
const NAMES: &[(&str, &[&str])] = &[
    ("actionableFeedbackPolicy", &["feedback", "feedback-policy", "complaints", "reader-feedback"]),
    ("correctionsPolicy", &["corrections", "correction", "corrections-policy"]),
    ("diversityPolicy", &["diversity", "diversity-policy"]),
    ("diversityStaffingReport", &["diversity-report", "staffing-report", "diversity-staffing"]),
    ("ethicsPolicy", &["ethics", "ethics-policy", "code-of-ethics", "ethics-code"]),
    ("masthead", &["imprint-and-masthead", "editorial-staff"]),
    ("missionCoveragePrioritiesPolicy", &["mission", "missing", "mission-statement", "coverage-priorities"]),
    ("noBylinesPolicy", &["bylines", "no-bylines", "unsigned-articles"]),
    ("ownershipFundingInfo", &["ownership", "funding", "ownership-and-funding", "ownership-funding"]),
    ("publishingPrinciples", &["principles", "publishing-principles", "editorial-principles", "standards"]),
    ("unnamedSourcesPolicy", &["unnamed-sources", "anonymous-sources", "sources"]),
    ("verificationFactCheckingPolicy", &["verification", "fact-checking", "fact-check", "verification-fact-checking"]),
];

#[cfg(test)]
mod tests {
    use super::property;

    #[test]
    fn policies_are_known_by_many_names() {
        assert_eq!(property("ethics"), Some("ethicsPolicy"));
        assert_eq!(property("Publishing principles"), Some("publishingPrinciples"));
        assert_eq!(property("unnamed_sources"), Some("unnamedSourcesPolicy"));
        assert_eq!(property("ownershipFundingInfo"), Some("ownershipFundingInfo"));
        assert_eq!(property("masthead"), Some("masthead"));
        assert_eq!(property("cookies"), None);
    }
}
