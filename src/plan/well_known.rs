//! Routes of `security.txt` and `trust.txt`, which programs look for at a fixed place.

use crate::config::Config;

use super::{OutputKind, Plan};

/// The route that RFC 9116, section 3, demands.
pub const SECURITY: &str = ".well-known/security.txt";
/// The route that the trust.txt specification names first.
const TRUST: &str = "trust.txt";

/// Adds the files that `site.yaml` asks for. A file of the newsroom's own at the same place counts instead.
pub(super) fn files(plan: &mut Plan, config: &Config) {
    if config.security.is_some() && !plan.is_supplied(SECURITY) {
        plan.add_file(SECURITY, OutputKind::SecurityTxt);
    }
    if config.trust.is_some() && !plan.is_supplied(TRUST) {
        plan.add_file(TRUST, OutputKind::TrustTxt);
    }
}
