//! Checks that a store keeps conditions: some accept them and do the opposite of what was asked.

use crate::hosts::StoredHeaders;
use crate::store::{Put, PutCondition, Store};

use super::error::DeployError;

/// True if the store creates a file only once, and replaces it only in the version that was named. `id` is a name that no
/// other deploy uses.
pub(super) fn keeps_conditions(state: &dyn Store, id: &str) -> Result<bool, DeployError> {
    let name = format!("probe-{id}");
    let put = |bytes: &[u8], condition: PutCondition<'_>| state.put(&name, bytes, &StoredHeaders::private(), condition);
    let kept = (|| {
        let Put::Done(first) = put(b"1", PutCondition::Always)? else { return Ok(false) };
        if put(b"2", PutCondition::New)? != Put::Refused {
            return Ok(false);
        }
        let Put::Done(_) = put(b"3", PutCondition::Same(&first))? else { return Ok(false) };
        Ok(put(b"4", PutCondition::Same(&first))? == Put::Refused)
    })();
    state.delete(&name)?;
    kept
}
