//! Buckets of object stores: S3-compatible services, Google Cloud Storage and Azure Blob Storage.

use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, PutResult, RetryConfig,
    UpdateVersion,
};
use tokio::runtime::{Builder, Runtime};

use crate::config::BucketService;
use crate::hosts::StoredHeaders;

use super::{Put, PutCondition, Store, StoreError, StoreErrorKind, StoredFile, Version};

/// A bucket, and the threads that talk to it.
pub(super) struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    address: String,
    runtime: Runtime,
}

/// The number of requests at the same time.
const REQUESTS: usize = 16;

/// Opens a bucket. The environment names endpoints and credentials as the services' own tools do: `AWS_…`, `GOOGLE_…`,
/// `AZURE_…`.
pub(super) fn open(
    service: BucketService,
    bucket: &str,
    prefix: &str,
    environment: &[(String, String)],
) -> Result<Bucket, StoreError> {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failed = |message: String| StoreError::new(StoreErrorKind::Permanent, message);
    let address = format!("{}://{bucket}/{prefix}", service.scheme());
    // `Patient` repeats calls, and stops when the user does.
    let once = RetryConfig { max_retries: 0, ..RetryConfig::default() };
    let variables = environment.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let store: Result<Arc<dyn ObjectStore>, Error> = match service {
        BucketService::S3 => {
            let known = variables.filter_map(|(name, value)| {
                let key: AmazonS3ConfigKey = name.strip_prefix("aws_").and_then(|_| name.parse().ok())?;
                Some((key, value))
            });
            let builder = known.fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value));
            builder
                .with_bucket_name(bucket)
                .with_retry(once)
                .build()
                .map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
        }
        BucketService::Gcs => {
            let known = variables.filter_map(|(name, value)| {
                let key: GoogleConfigKey = name.strip_prefix("google_").and_then(|_| name.parse().ok())?;
                Some((key, value))
            });
            let builder =
                known.fold(GoogleCloudStorageBuilder::new(), |builder, (key, value)| builder.with_config(key, value));
            builder
                .with_bucket_name(bucket)
                .with_retry(once)
                .build()
                .map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
        }
        BucketService::Azure => {
            let known = variables.filter_map(|(name, value)| {
                let key: AzureConfigKey = name.strip_prefix("azure_").and_then(|_| name.parse().ok())?;
                Some((key, value))
            });
            let builder =
                known.fold(MicrosoftAzureBuilder::new(), |builder, (key, value)| builder.with_config(key, value));
            builder
                .with_container_name(bucket)
                .with_retry(once)
                .build()
                .map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
        }
    };
    let store = store.map_err(|error| failed(format!("{address}: {error}")))?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| failed(format!("cannot start threads: {error}")))?;
    Ok(Bucket { store, prefix: prefix.to_owned(), address, runtime })
}

impl Bucket {
    fn path(&self, name: &str) -> Result<Path, StoreError> {
        let path = format!("{}{name}", self.prefix);
        Path::parse(&path).map_err(|error| StoreError::new(StoreErrorKind::Permanent, error.to_string()))
    }

    fn wait<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.runtime.block_on(call)
    }

    fn error(&self, name: &str, error: &Error) -> StoreError {
        let text = explain(error);
        let kind = match error {
            // Amazon S3 refuses requests more than 15 minutes off.
            _ if text.contains("RequestTimeTooSkewed") => StoreErrorKind::Clock,
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => StoreErrorKind::Denied,
            Error::Generic { .. } => StoreErrorKind::Temporary,
            _ => StoreErrorKind::Permanent,
        };
        StoreError::new(kind, format!("{}{name}: {text}", self.address))
    }
}

impl Store for Bucket {
    fn get(&self, name: &str) -> Result<Option<StoredFile>, StoreError> {
        let path = self.path(name)?;
        let got = self.wait(async {
            let found = self.store.get(&path).await?;
            let (e_tag, version) = (found.meta.e_tag.clone(), found.meta.version.clone());
            Ok((found.bytes().await?, version_of(e_tag, version)))
        });
        match got {
            Ok((bytes, version)) => Ok(Some(StoredFile { bytes: bytes.to_vec(), version })),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.error(name, &error)),
        }
    }

    fn put(
        &self,
        name: &str,
        bytes: &[u8],
        headers: &StoredHeaders,
        condition: PutCondition<'_>,
    ) -> Result<Put, StoreError> {
        let path = self.path(name)?;
        let mode = match condition {
            PutCondition::Always => PutMode::Overwrite,
            PutCondition::New => PutMode::Create,
            PutCondition::Same(version) => PutMode::Update(update_version(version)),
        };
        let options = PutOptions { mode, attributes: attributes(headers), ..PutOptions::default() };
        let payload = PutPayload::from(bytes.to_vec());
        match self.wait(self.store.put_opts(&path, payload, options)) {
            Ok(PutResult { e_tag, version, .. }) => Ok(Put::Done(version_of(e_tag, version))),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(Put::Refused),
            // A file that does not exist has no version.
            Err(Error::NotFound { .. }) if matches!(condition, PutCondition::Same(_)) => Ok(Put::Refused),
            Err(error) => Err(self.error(name, &error)),
        }
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name)?;
        match self.wait(self.store.delete(&path)) {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.error(name, &error)),
        }
    }

    fn concurrency(&self) -> usize {
        REQUESTS
    }

    fn address(&self) -> String {
        self.address.trim_end_matches('/').to_owned()
    }
}

fn attributes(headers: &StoredHeaders) -> Attributes {
    let StoredHeaders { content_type, cache_control, content_encoding } = headers.clone();
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::ContentType, content_type.into());
    if let Some(caching) = cache_control {
        attributes.insert(Attribute::CacheControl, caching.into());
    }
    if let Some(encoding) = content_encoding {
        attributes.insert(Attribute::ContentEncoding, encoding.into());
    }
    attributes
}

/// The version of an object: its ETag and version, each after a byte that says if there is one.
fn version_of(e_tag: Option<String>, version: Option<String>) -> Version {
    let part = |text: Option<String>| text.map_or_else(|| "-".to_owned(), |text| format!("+{text}"));
    Version(format!("{}\n{}", part(e_tag), part(version)).into_bytes())
}

fn update_version(Version(bytes): &Version) -> UpdateVersion {
    let text = String::from_utf8_lossy(bytes);
    let (e_tag, version) = text.split_once('\n').unwrap_or((&text, "-"));
    let part = |text: &str| text.strip_prefix('+').map(str::to_owned);
    UpdateVersion { e_tag: part(e_tag), version: part(version) }
}

/// The message of an error with those of its causes, on one line.
fn explain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let message = next.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = next.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_survive_the_way_there_and_back() {
        for (e_tag, version) in [(Some("\"a-1\""), None), (None, Some("7")), (Some("+"), Some("-")), (None, None)] {
            let (e_tag, version) = (e_tag.map(str::to_owned), version.map(str::to_owned));
            let back = update_version(&version_of(e_tag.clone(), version.clone()));
            assert_eq!((back.e_tag, back.version), (e_tag, version));
        }
    }
}
